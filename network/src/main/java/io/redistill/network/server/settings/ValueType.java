// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a setting can hold: how it is written, what is allowed, and how {@code CONFIG GET} prints it.
 *
 * <p>Threading: immutable.
 *
 * @param <T> the Java type of the value; always of a class whose {@code equals} compares content
 */
abstract class ValueType<T> {
    private final String label;
    private final String allowed;

    /** An enum whose constants {@code CONFIG GET} can print. */
    interface Choice {
        String redisName();

        /** How settings write it. */
        default String text() {
            return ((Enum<?>) this).name().toLowerCase(Locale.ROOT);
        }
    }

    private ValueType(String label, String allowed) {
        this.label = label;
        this.allowed = allowed;
    }

    /** What stands for the value in {@code --help}. */
    final String label() {
        return label;
    }

    /** What is allowed, to complete the sentence "allowed is …". */
    final String allowed() {
        return allowed;
    }

    abstract T parse(String text) throws BadValueException;

    /** The value as Redis's {@code CONFIG GET} writes it. */
    String toRedis(T value) {
        return value.toString();
    }

    /** Whether a list in the file is fine; its items are then joined by spaces. */
    boolean takesList() {
        return false;
    }

    /** Whether the file must quote the value, since it would read an unquoted one differently. */
    boolean needsQuotes() {
        return false;
    }

    final BadValueException bad() {
        return new BadValueException(allowed);
    }

    /** A whole number. */
    static ValueType<Integer> number(int least, int most) {
        return new ValueType<>("NUMBER", range("a whole number from", least, most)) {
            @Override
            Integer parse(String text) throws BadValueException {
                try {
                    int value = Integer.parseInt(text);
                    if (value >= least && value <= most) {
                        return value;
                    }
                } catch (NumberFormatException e) {
                    // Said below, as for a number out of range.
                }
                throw bad();
            }
        };
    }

    /** A whole number, or {@code auto}, which is 0. */
    static ValueType<Integer> numberOrAuto(int most) {
        ValueType<Integer> number = number(0, most);
        return new ValueType<>("NUMBER", range("auto, or a whole number from", 1, most)) {
            @Override
            Integer parse(String text) throws BadValueException {
                try {
                    return text.equalsIgnoreCase("auto") ? Integer.valueOf(0) : number.parse(text);
                } catch (BadValueException e) {
                    throw bad();
                }
            }
        };
    }

    static ValueType<Integer> powerOfTwo(int least, int most) {
        ValueType<Integer> number = number(least, most);
        return new ValueType<>("NUMBER", range("a power of two from", least, most)) {
            @Override
            Integer parse(String text) throws BadValueException {
                try {
                    Integer value = number.parse(text);
                    if (Integer.bitCount(value) == 1) {
                        return value;
                    }
                } catch (BadValueException e) {
                    // Said below, as for a number between two powers.
                }
                throw bad();
            }
        };
    }

    /** Bytes, with the units of {@code redis.conf}: {@code k} is 1000, {@code kb} is 1024, and so on. */
    static ValueType<Long> bytesFromOneMebibyte() {
        return new ValueType<>("SIZE", "0, or a size from 1mb, such as 536870912, 512mb or 4gb") {
            @Override
            Long parse(String text) throws BadValueException {
                long value = bytes(text);
                if (value != 0 && value < 1 << 20) {
                    throw bad();
                }
                return value;
            }
        };
    }

    /** A size with the units of {@code redis.conf}. */
    final long bytes(String text) throws BadValueException {
        int digits = leadingDigits(text);
        long unit = switch (text.substring(digits).toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "k" -> 1000;
            case "kb" -> 1024;
            case "m" -> 1000 * 1000;
            case "mb" -> 1024 * 1024;
            case "g" -> 1000L * 1000 * 1000;
            case "gb" -> 1024L * 1024 * 1024;
            default -> throw bad();
        };
        return multiply(text.substring(0, digits), unit);
    }

    /** Limits by class of clients; classes that are not named keep their defaults. */
    static ValueType<OutputBufferLimits> outputBufferLimits() {
        return new ValueType<>(
                "LIMITS", "class, hard limit, soft limit and seconds, once or more, such as normal 1gb 256mb 60") {
            @Override
            OutputBufferLimits parse(String text) throws BadValueException {
                String[] words = text.strip().split(" +");
                if (words.length % 4 != 0) {
                    throw bad();
                }
                OutputBufferLimits limits = OutputBufferLimits.DEFAULT;
                for (int i = 0; i < words.length; i += 4) {
                    if (words[i + 3].length() > 9 || leadingDigits(words[i + 3]) != words[i + 3].length()) {
                        throw bad();
                    }
                    OutputBufferLimits.Limit limit = new OutputBufferLimits.Limit(
                            bytes(words[i + 1]), bytes(words[i + 2]), (int) multiply(words[i + 3], 1));
                    OutputBufferLimits changed = limits.with(words[i], limit);
                    if (changed == null) {
                        throw bad();
                    }
                    limits = changed;
                }
                return limits;
            }
        };
    }

    /** Whole seconds: a bare number, or one with a unit from {@code ms} to {@code d}. */
    static ValueType<Integer> seconds() {
        return new ValueType<>("TIME", "whole seconds, or a time such as 300, 300s, 5m or 1h; 0 for never") {
            @Override
            Integer parse(String text) throws BadValueException {
                int digits = leadingDigits(text);
                long unitMs = switch (text.substring(digits).toLowerCase(Locale.ROOT)) {
                    case "ms" -> 1;
                    case "", "s" -> 1000;
                    case "m" -> 60 * 1000;
                    case "h" -> 3600 * 1000;
                    case "d" -> 24 * 3600 * 1000;
                    default -> throw bad();
                };
                long valueMs = multiply(text.substring(0, digits), unitMs);
                if (valueMs % 1000 != 0 || valueMs / 1000 > Integer.MAX_VALUE) {
                    throw bad();
                }
                return (int) (valueMs / 1000);
            }
        };
    }

    /** Milliseconds: a number with {@code ms} or {@code s}, at most a minute; 0 for never. */
    static ValueType<Integer> milliseconds() {
        return new ValueType<>("TIME", "0, or a time up to 1 minute with its unit, such as 10ms or 1s") {
            @Override
            Integer parse(String text) throws BadValueException {
                int digits = leadingDigits(text);
                long unit = switch (text.substring(digits).toLowerCase(Locale.ROOT)) {
                    case "ms" -> 1;
                    case "s" -> 1000;
                    case "" -> text.equals("0") ? 1 : -1;
                    default -> -1;
                };
                long value = unit < 0 ? -1 : multiply(text.substring(0, digits), unit);
                if (value < 0 || value > 60_000) {
                    throw bad();
                }
                return (int) value;
            }
        };
    }

    static ValueType<Boolean> yesOrNo() {
        return new ValueType<>("yes|no", "yes, no, true or false") {
            @Override
            Boolean parse(String text) throws BadValueException {
                return switch (text.toLowerCase(Locale.ROOT)) {
                    case "yes", "true", "on", "1" -> true;
                    case "no", "false", "off", "0" -> false;
                    default -> throw bad();
                };
            }

            @Override
            String toRedis(Boolean value) {
                return value ? "yes" : "no";
            }
        };
    }

    /** Permission bits in octal; 0 leaves them to the process's umask. */
    static ValueType<Integer> octalMode() {
        return new ValueType<>("MODE", "up to four octal digits such as 700 or 0770 (in the file: in quotes)") {
            @Override
            Integer parse(String text) throws BadValueException {
                try {
                    if (!text.isEmpty() && text.length() <= 4 && leadingDigits(text) == text.length()) {
                        int mode = Integer.parseInt(text, 8);
                        if (mode <= 0777) {
                            return mode;
                        }
                    }
                } catch (NumberFormatException e) {
                    // Said below: 8 and 9 are not octal digits.
                }
                throw bad();
            }

            @Override
            String toRedis(Integer value) {
                return Integer.toOctalString(value);
            }

            @Override
            boolean needsQuotes() {
                return true;
            }
        };
    }

    static ValueType<String> text() {
        return new ValueType<>("TEXT", "a text without control characters") {
            @Override
            String parse(String text) throws BadValueException {
                for (int i = 0; i < text.length(); i++) {
                    if (Character.isISOControl(text.charAt(i))) {
                        throw bad();
                    }
                }
                return text;
            }
        };
    }

    /** The path of a file. */
    static ValueType<String> filePath() {
        return new ValueType<>("PATH", "a path") {
            @Override
            String parse(String text) throws BadValueException {
                if (text.isEmpty() || text.indexOf(0) >= 0) {
                    throw bad();
                }
                return text;
            }
        };
    }

    /** Pairs of seconds and changes. */
    static ValueType<SaveRules> saveRules() {
        return new ValueType<>("RULES", "empty, or pairs of seconds and changes such as \"900 1 300 10\"") {
            @Override
            SaveRules parse(String text) throws BadValueException {
                SaveRules rules = SaveRules.parse(text);
                if (rules == null) {
                    throw bad();
                }
                return rules;
            }

            @Override
            boolean takesList() {
                return true;
            }
        };
    }

    /** The path of a Unix-domain socket, which the system limits to what fits {@code sockaddr_un}. */
    static ValueType<String> socketPath() {
        return new ValueType<>("PATH", "a path of at most 107 bytes") {
            @Override
            String parse(String text) throws BadValueException {
                if (text.getBytes(StandardCharsets.UTF_8).length > 107 || text.indexOf(0) >= 0) {
                    throw bad();
                }
                return text;
            }
        };
    }

    static ValueType<List<BindAddress>> addresses() {
        return new ValueType<>(
                "ADDRESSES", "addresses separated by spaces or commas, such as \"127.0.0.1 -::1\" or 0.0.0.0") {
            @Override
            List<BindAddress> parse(String text) throws BadValueException {
                List<BindAddress> addresses = new ArrayList<>();
                for (String word : text.replace(',', ' ').split(" ")) {
                    if (!word.isEmpty()) {
                        BindAddress address = BindAddress.parse(word);
                        if (address.host().isEmpty()) {
                            throw bad();
                        }
                        addresses.add(address);
                    }
                }
                if (addresses.isEmpty()) {
                    throw bad();
                }
                return List.copyOf(addresses);
            }

            @Override
            String toRedis(List<BindAddress> value) {
                StringBuilder words = new StringBuilder();
                for (BindAddress address : value) {
                    words.append(words.length() == 0 ? "" : " ").append(address.toString());
                }
                return words.toString();
            }

            @Override
            boolean takesList() {
                return true;
            }
        };
    }

    /** Numbers of processors, with ranges. */
    static ValueType<List<Integer>> cpus() {
        return new ValueType<>("CPUS", "empty, or numbers of processors such as 0 or 0,2-3") {
            @Override
            List<Integer> parse(String text) throws BadValueException {
                List<Integer> cpus = new ArrayList<>();
                for (String part : text.replace(',', ' ').split(" ")) {
                    if (!part.isEmpty()) {
                        int dash = part.indexOf('-');
                        int first = cpu(dash < 0 ? part : part.substring(0, dash));
                        int last = dash < 0 ? first : cpu(part.substring(dash + 1));
                        if (first > last) {
                            throw bad();
                        }
                        for (int cpu = first; cpu <= last; cpu++) {
                            cpus.add(cpu);
                        }
                    }
                }
                return List.copyOf(cpus);
            }

            private int cpu(String text) throws BadValueException {
                if (text.isEmpty() || text.length() > 4 || leadingDigits(text) != text.length()) {
                    throw bad();
                }
                return Integer.parseInt(text);
            }

            @Override
            boolean takesList() {
                return true;
            }
        };
    }

    /**
     * One of the constants of an enum, in lower case.
     *
     * @param synonyms further spellings
     */
    static <E extends Enum<E> & Choice> ValueType<E> oneOf(Class<E> type, Map<String, E> synonyms) {
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            names.add(constant.text());
        }
        return new ValueType<>(String.join("|", names), String.join(", ", names)) {
            @Override
            E parse(String text) throws BadValueException {
                String name = text.toLowerCase(Locale.ROOT);
                for (E constant : type.getEnumConstants()) {
                    if (constant.text().equals(name)) {
                        return constant;
                    }
                }
                E synonym = synonyms.get(name);
                if (synonym != null) {
                    return synonym;
                }
                throw bad();
            }

            @Override
            String toRedis(E value) {
                return value.redisName();
            }
        };
    }

    /** Joins without a string template, which would cost the start some 30 ms: see {@link ServerSettings}. */
    private static String range(String what, int least, int most) {
        return String.join(" ", what, Integer.toString(least), "to", Integer.toString(most));
    }

    private static int leadingDigits(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        return digits;
    }

    /** The product, or a refusal when there is no number or it does not fit. */
    final long multiply(String number, long unit) throws BadValueException {
        try {
            return Math.multiplyExact(Long.parseLong(number), unit);
        } catch (NumberFormatException | ArithmeticException e) {
            throw bad();
        }
    }
}

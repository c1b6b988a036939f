// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.shard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The x87 extended real that Redis counts floats with: 64 bits of significand, exponents to 16383, rounded to the nearest
 * with ties to even.
 *
 * <p>Source: {@code strtold} and {@code printf("%.17Lf")} of the C library, {@code ld2string} of Redis 7.0. Threading:
 * immutable. For cold paths: numbers of this kind are made anew.
 */
final class ExtendedReal {
    static final ExtendedReal ZERO = new ExtendedReal(BigDecimal.ZERO, false);

    /** Longer texts are no numbers: {@code MAX_LONG_DOUBLE_CHARS}. */
    private static final int MAX_TEXT_BYTES = 5 * 1024 - 1;

    private static final int SIGNIFICAND_BITS = 64;
    private static final int MAX_EXPONENT = 16383;
    private static final int MIN_EXPONENT = -16382;
    private static final int FRACTION_DIGITS = 17;

    /** Decimal exponents beyond this are beyond all numbers, whatever digits stand before them. */
    private static final int MAX_DECIMAL_EXPONENT = 20_000;

    private static final Pattern DECIMAL = Pattern.compile("([+-]?)([0-9]*)(?:\\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?");
    private static final Pattern HEXADECIMAL =
            Pattern.compile("([+-]?)0[xX]([0-9a-fA-F]*)(?:\\.([0-9a-fA-F]*))?(?:[pP]([+-]?[0-9]+))?");
    private static final Pattern INFINITE = Pattern.compile("([+-]?)(?i:inf|infinity)");

    private final BigDecimal value;
    private final boolean infinite;

    private ExtendedReal(BigDecimal value, boolean infinite) {
        this.value = value;
        this.infinite = infinite;
    }

    static ExtendedReal of(long integer) {
        return new ExtendedReal(BigDecimal.valueOf(integer), false);
    }

    /** The number that a text is, or null when it is none, or one that cannot be told from zero or infinity. */
    static @Nullable ExtendedReal parse(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_TEXT_BYTES) {
            return null;
        }
        String text = new String(bytes, ISO_8859_1);
        Matcher infinite = INFINITE.matcher(text);
        if (infinite.matches()) {
            return infinity(infinite.group(1).equals("-"));
        }
        BigDecimal exact = exact(text);
        if (exact == null) {
            return null;
        }
        ExtendedReal rounded = round(exact);
        boolean underflow = exact.signum() != 0 && rounded.value.signum() == 0;
        return rounded.infinite || underflow ? null : rounded;
    }

    private static ExtendedReal infinity(boolean negative) {
        return new ExtendedReal(negative ? BigDecimal.ONE.negate() : BigDecimal.ONE, true);
    }

    /** The number as written; clamped where it is out of all ranges; null when it is no number. */
    private static @Nullable BigDecimal exact(String text) {
        Matcher decimal = DECIMAL.matcher(text);
        boolean isDecimal = decimal.matches();
        Matcher found = isDecimal ? decimal : HEXADECIMAL.matcher(text);
        if (!isDecimal && !found.matches()) {
            return null;
        }
        String whole = found.group(2);
        String fraction = found.group(3) == null ? "" : found.group(3);
        if (whole.isEmpty() && fraction.isEmpty()) {
            return null;
        }
        int exponent = exponent(found.group(4));
        BigInteger digits = new BigInteger(whole + fraction, isDecimal ? 10 : 16);
        BigDecimal magnitude;
        if (isDecimal) {
            magnitude = new BigDecimal(digits, fraction.length() - exponent);
        } else {
            int power = exponent - 4 * fraction.length();
            magnitude = power >= 0
                    ? new BigDecimal(digits.shiftLeft(power))
                    : new BigDecimal(digits).divide(new BigDecimal(BigInteger.ONE.shiftLeft(-power)));
        }
        return found.group(1).equals("-") ? magnitude.negate() : magnitude;
    }

    private static int exponent(@Nullable String digits) {
        if (digits == null) {
            return 0;
        }
        BigInteger exponent = new BigInteger(digits.startsWith("+") ? digits.substring(1) : digits);
        int limit = MAX_DECIMAL_EXPONENT + MAX_TEXT_BYTES * 4;
        return exponent.bitLength() > 30
                ? exponent.signum() * limit
                : Math.max(-limit, Math.min(limit, exponent.intValue()));
    }

    ExtendedReal plus(ExtendedReal other) {
        if (infinite) {
            return this;
        }
        return other.infinite ? other : round(value.add(other.value));
    }

    /** Not infinite; there is no NaN here: the sum of two infinities is taken for one, which is refused just the same. */
    boolean isFinite() {
        return !infinite;
    }

    private static ExtendedReal round(BigDecimal exact) {
        if (exact.signum() == 0) {
            return ZERO;
        }
        BigDecimal magnitude = exact.abs();
        int decimalExponent = magnitude.precision() - magnitude.scale();
        if (decimalExponent > MAX_DECIMAL_EXPONENT) {
            return infinity(exact.signum() < 0);
        }
        if (decimalExponent < -MAX_DECIMAL_EXPONENT) {
            return ZERO;
        }
        // The last place: such that the quotient has 64 bits, or fewer for denormal numbers.
        int place = (int) Math.floor((decimalExponent - 1) * 3.321928094887362) - SIGNIFICAND_BITS;
        place = Math.max(place, MIN_EXPONENT - SIGNIFICAND_BITS + 1);
        BigDecimal scaled = scale(magnitude, -place);
        while (scaled.toBigInteger().bitLength() > SIGNIFICAND_BITS) {
            scaled = scale(magnitude, - ++place);
        }
        BigInteger significand = scaled.setScale(0, RoundingMode.HALF_EVEN).toBigIntegerExact();
        if (significand.bitLength() + place - 1 > MAX_EXPONENT) {
            return infinity(exact.signum() < 0);
        }
        BigDecimal rounded = scale(new BigDecimal(significand), place);
        return new ExtendedReal(exact.signum() < 0 ? rounded.negate() : rounded, false);
    }

    /** Times a power of two, exactly. */
    private static BigDecimal scale(BigDecimal number, int power) {
        return power >= 0
                ? number.multiply(new BigDecimal(BigInteger.ONE.shiftLeft(power)))
                // 2^-n = 5^n / 10^n
                : number.multiply(new BigDecimal(BigInteger.valueOf(5).pow(-power), -power));
    }

    /** As a plain decimal number with at most 17 digits behind the point and no zeros at the end. */
    byte[] toBytes() {
        String text = value.setScale(FRACTION_DIGITS, RoundingMode.HALF_EVEN).toPlainString();
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        if (text.charAt(end - 1) == '.') {
            end--;
        }
        String trimmed = text.substring(0, end);
        return (trimmed.equals("-0") ? "0" : trimmed).getBytes(ISO_8859_1);
    }
}

// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** The only user of the TOML library: reads {@code redistill.toml} into settings, each with its line. */
final class SettingsFile {
    private static final long LARGEST_FILE_BYTES = 1 << 20;

    private final String name;
    private final List<String> notices;
    private final Map<Setting, Given> settings = new EnumMap<>(Setting.class);

    /**
     * Reads the file.
     *
     * @param name how messages call the file
     * @param notices takes a line for each key without a counterpart
     */
    SettingsFile(Path path, String name, List<String> notices) throws RefusedException {
        this.name = name;
        this.notices = notices;
        TomlParseResult file = parse(path);
        if (file.hasErrors()) {
            TomlParseError error = file.errors().get(0);
            throw new RefusedException(at(error.position()) + ": not valid TOML: "
                    + String.valueOf(error.getMessage()).replaceAll("\\s*\\R\\s*", " "));
        }
        for (String section : file.keySet()) {
            List<String> key = List.of(section);
            if (file.get(key) instanceof TomlTable table) {
                readSection(section, table, at(file.inputPositionOf(key)));
            } else {
                throw unknown(at(file.inputPositionOf(key)), section);
            }
        }
    }

    Map<Setting, Given> settings() {
        return settings;
    }

    private TomlParseResult parse(Path path) throws RefusedException {
        try {
            if (!Files.exists(path)) {
                throw new RefusedException(name + ": there is no such file");
            }
            if (!Files.isReadable(path) || Files.isDirectory(path)) {
                throw new RefusedException(name + ": cannot be read as a file");
            }
            if (Files.size(path) > LARGEST_FILE_BYTES) {
                throw new RefusedException(name + ": larger than " + LARGEST_FILE_BYTES + " bytes");
            }
            return Toml.parse(Files.readString(path));
        } catch (CharacterCodingException e) {
            throw new RefusedException(name + ": is not a text in UTF-8");
        } catch (IOException e) {
            throw new RefusedException(name + ": cannot be read: " + e.getMessage());
        }
    }

    private void readSection(String section, TomlTable table, String whereSection) throws RefusedException {
        if (table.isEmpty() && !isSection(section)) {
            throw unknown(whereSection, section);
        }
        for (String word : table.keySet()) {
            List<String> path = List.of(word);
            String where = at(table.inputPositionOf(path));
            String key = section.concat(".").concat(word.replace('-', '_'));
            Object value = table.get(path);
            Setting setting = Setting.ofKey(key);
            if (setting != null) {
                Given before =
                        settings.put(setting, new Given(text(setting, key, value, where), where, Given.Source.FILE));
                if (before != null) {
                    throw new RefusedException(
                            where + ": " + key + " sets " + setting.key() + " again, after " + before.where());
                }
                continue;
            }
            ForeignKey foreign = ForeignKey.ofKey(key);
            if (foreign == null) {
                throw unknown(where, section + "." + word);
            }
            String notice = foreign.judge(where, String.valueOf(value));
            if (notice != null) {
                notices.add(notice);
            }
        }
    }

    /** The value as an option would write it. */
    private static String text(Setting setting, String key, Object value, String where) throws RefusedException {
        ValueType<?> type = setting.type();
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof TomlArray array && type.takesList()) {
            StringBuilder words = new StringBuilder();
            for (Object item : array.toList()) {
                words.append(item).append(' ');
            }
            return words.toString().strip();
        }
        if (!type.needsQuotes() && (value instanceof Long || value instanceof Double || value instanceof Boolean)) {
            return value.toString();
        }
        String shown = setting.secret() ? ServerSettings.MASK : shown(value);
        throw new RefusedException(where + ": " + key + "=" + shown + " is refused: allowed is " + type.allowed());
    }

    private static String shown(Object value) {
        if (value instanceof TomlTable) {
            return "{…}";
        }
        return value instanceof TomlArray array ? array.toList().toString() : value.toString();
    }

    private RefusedException unknown(String where, String key) {
        List<String> known = new ArrayList<>();
        String word = key.substring(key.indexOf('.') + 1).replace('-', '_');
        String sameWord = null;
        for (Setting setting : Setting.values()) {
            for (String candidate : setting.keys()) {
                known.add(candidate);
                if (candidate.endsWith("." + word)) {
                    sameWord = setting.key();
                }
            }
        }
        String hint = sameWord != null
                ? "; did you mean " + sameWord + "?"
                : NearestName.hint(key, known, " (docs/configuration.md lists the known ones)");
        return new RefusedException(where + ": " + key + " is unknown" + hint);
    }

    private static boolean isSection(String section) {
        for (Setting setting : Setting.values()) {
            for (String key : setting.keys()) {
                if (key.startsWith(section.concat("."))) {
                    return true;
                }
            }
        }
        for (ForeignKey foreign : ForeignKey.ALL) {
            if (foreign.key().startsWith(section.concat("."))) {
                return true;
            }
        }
        return false;
    }

    private String at(@Nullable TomlPosition position) {
        return position == null ? name : name + ":" + position.line();
    }
}

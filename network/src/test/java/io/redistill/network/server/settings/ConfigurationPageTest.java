// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of docs/configuration.md are those of the code. */
class ConfigurationPageTest {
    private static final Path ROOT = Path.of(System.getProperty("redistill.root", ".."));
    private static final Path PAGE = ROOT.resolve("docs/configuration.md");

    @Test
    void shouldListEverySetting() throws IOException {
        shouldContain("settings", settings());
    }

    @Test
    void shouldListWhatIsIgnored() throws IOException {
        shouldContain("without counterpart", foreignKeys());
    }

    @Test
    void shouldShowTheDefaultsInTheExample(@TempDir Path directory) throws IOException {
        ServerSettings byDefault = new Start(directory).settings();
        ServerSettings example = new Start(directory)
                .file(Files.readString(ROOT.resolve("redistill.toml.example")))
                .settings();
        String[] lines = example.effectiveConfiguration().split("\n");
        assertThat(lines).hasSameSizeAs(Setting.values()).allMatch(line -> line.contains("(redistill.toml:"));
        assertThat(example.configParameters().get(List.of("*")))
                .isEqualTo(byDefault.configParameters().get(List.of("*")));
        assertThat(example.shards()).isEqualTo(byDefault.shards());
        assertThat(example.threads()).isEqualTo(byDefault.threads());
        assertThat(example.ringSize()).isEqualTo(byDefault.ringSize());
        assertThat(example.index()).isEqualTo(byDefault.index());
        assertThat(example.eventLoops()).isEqualTo(byDefault.eventLoops());
        assertThat(example.stripes()).isEqualTo(byDefault.stripes());
    }

    private static void shouldContain(String name, String table) throws IOException {
        String page = Files.readString(PAGE);
        String begin = "<!-- begin: " + name + " -->\n";
        String end = "<!-- end: " + name + " -->";
        assertThat(page).contains(begin, end);
        String inPage = page.substring(page.indexOf(begin) + begin.length(), page.indexOf(end));
        assertThat(inPage)
                .as("%s is stale: put this between the markers \"%s\":%n%s", PAGE, name, table)
                .isEqualTo(table);
    }

    private static String settings() {
        StringBuilder table = new StringBuilder();
        table.append(
                "| key | default | allowed | option | variables | `CONFIG GET` | |\n|---|---|---|---|---|---|---|\n");
        for (Setting setting : Setting.values()) {
            String redisName = setting.redisName();
            row(
                    table,
                    code(setting.keys()),
                    setting.defaultText().isEmpty() ? "" : "`" + setting.defaultText() + "`",
                    setting.type().allowed(),
                    code(setting.options()),
                    code(setting.variables()),
                    redisName == null ? "" : "`" + redisName + "`",
                    setting.description());
        }
        return table.toString();
    }

    private static String foreignKeys() {
        StringBuilder table = new StringBuilder();
        table.append("| key | variable | |\n|---|---|---|\n");
        for (ForeignKey foreign : ForeignKey.ALL) {
            List<String> silent = new ArrayList<>();
            for (String value : foreign.same()) {
                silent.add(value.isEmpty() ? "an empty text" : "`" + value + "`");
            }
            String verdict = foreign.unsafe() ? "refused" : "ignored, with a line in the log";
            row(
                    table,
                    "`" + foreign.key() + "`",
                    foreign.variable() == null ? "" : "`" + foreign.variable() + "`",
                    silent.isEmpty() ? verdict : verdict + ", unless " + String.join(" or ", silent));
        }
        return table.toString();
    }

    private static String code(List<String> words) {
        return "`" + String.join("`, `", words) + "`";
    }

    private static void row(StringBuilder table, String... cells) {
        table.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}

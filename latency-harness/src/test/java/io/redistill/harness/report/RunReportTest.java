// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.harness.SimulatedRun;
import io.redistill.harness.record.RunFolder;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class RunReportTest {
    private static final Pattern SVG = Pattern.compile("<svg .*?</svg>", Pattern.DOTALL);

    @TempDir
    Path directory;

    @Test
    void shouldShowEveryPlotAndNeedNothingFromElsewhere() throws Exception {
        String html = report(new SimulatedRun(1));
        assertThat(html)
                .contains("redis 7.0.15 at 127.0.0.1:6379", "Latency by percentile", "Response times by second")
                .contains("Requests and replies by second", "Hit ratio by second", "Processor time of the server")
                .contains("bgsave", "hiccup of the generator", "default-src 'none'")
                .doesNotContain("http://", "https://", "<script", "src=", "url(", "@import", "<link");
        Matcher svg = SVG.matcher(html);
        int plots = 0;
        while (svg.find()) {
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg.group())));
            assertThat(svg.group()).doesNotContain("NaN", "Infinity");
            plots++;
        }
        assertThat(plots).isEqualTo(5);
    }

    @Test
    void shouldSayInvalidFirstOfAll() throws IOException {
        assertThat(report(new SimulatedRun(1).invalid())).containsPattern("(?s)INVALID.*lateness p99.9 is 31 %.*<svg");
        assertThat(report(new SimulatedRun(2))).doesNotContain("INVALID");
    }

    @Test
    void shouldTakeTextOfTheServerForText() throws IOException {
        assertThat(report(new SimulatedRun(1).server("<b>evil</b> & \"co\"")))
                .contains("&lt;b&gt;evil&lt;/b&gt; &amp; &quot;co&quot;", "&lt;took long&gt;")
                .doesNotContain("<b>evil", "<took");
    }

    @Test
    void shouldJoinSecondsOfALongRun() throws IOException {
        assertThat(report(new SimulatedRun(1).seconds(1_000).perSecond(5)))
                .contains("Each point is the worst of 3 seconds");
    }

    @Test
    void shouldPutFiguresWithTooFewSamplesInBrackets() throws IOException {
        assertThat(report(new SimulatedRun(1).seconds(2).perSecond(100)))
                .contains("p99.9, too few samples")
                .doesNotContain("<span>p99.9</span>");
    }

    private String report(SimulatedRun run) throws IOException {
        Path folder = Files.createTempDirectory(directory, "run").resolve("run");
        run.write(folder);
        return Files.readString(RunReport.write(RunFolder.open(folder)));
    }
}

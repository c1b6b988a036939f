// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.record.Disturbance;
import io.redistill.harness.record.SecondRow;
import io.redistill.harness.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Marks what was disturbed; nothing is ever left out for it. */
final class Marks {
    private static final long SECOND_NS = 1_000_000_000L;
    /** Steal time of a second from which on it counts as disturbed: 1 % of one processor. */
    private static final long STEAL_NS = 10_000_000L;

    private static final long HICCUP_NS = 10_000_000L;

    private Marks() {}

    /** Names of the disturbances of a time, joined by {@code +}. */
    static String of(List<Disturbance> disturbances, long fromNs, long toNs) {
        return disturbances.stream()
                .filter(one -> one.endNs() >= fromNs && one.startNs() <= toNs)
                .map(Disturbance::name)
                .distinct()
                .collect(Collectors.joining("+"));
    }

    /** What the machine did: seconds in which time was stolen or an idle thread was held up for 10 ms. */
    static List<Disturbance> seen(List<SecondRow> rows) {
        List<Disturbance> seen = new ArrayList<>();
        for (SecondRow row : rows) {
            long startNs = row.second() * SECOND_NS;
            if (row.second() >= 0 && row.stealNs() >= STEAL_NS) {
                seen.add(new Disturbance("steal", startNs, startNs + SECOND_NS - 1, Units.time(row.stealNs())));
            }
            if (row.second() >= 0 && row.generatorHiccupMaxNs() >= HICCUP_NS) {
                seen.add(new Disturbance(
                        "hiccup", startNs, startNs + SECOND_NS - 1, Units.time(row.generatorHiccupMaxNs())));
            }
        }
        return seen;
    }

    /** The rows with their marks. */
    static List<SecondRow> on(List<SecondRow> rows, List<Disturbance> disturbances) {
        return rows.stream()
                .map(row ->
                        marked(row, of(disturbances, row.second() * SECOND_NS, (row.second() + 1L) * SECOND_NS - 1)))
                .toList();
    }

    private static SecondRow marked(SecondRow row, String marks) {
        return new SecondRow(
                row.second(),
                row.due(),
                row.sent(),
                row.replies(),
                row.errors(),
                row.hits(),
                row.misses(),
                row.reconnects(),
                row.underWay(),
                row.p50Ns(),
                row.p99Ns(),
                row.p999Ns(),
                row.maxNs(),
                row.serviceP50Ns(),
                row.serviceP99Ns(),
                row.serviceMaxNs(),
                row.latenessP99Ns(),
                row.latenessMaxNs(),
                row.generatorHiccupMaxNs(),
                row.serverHiccupMaxNs(),
                row.serverCpuNs(),
                row.serverRssBytes(),
                row.stealNs(),
                marks);
    }
}

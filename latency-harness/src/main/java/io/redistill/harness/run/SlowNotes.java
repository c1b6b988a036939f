// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.generator.SlowestRequests;
import io.redistill.harness.load.CommandTemplate;
import io.redistill.harness.machine.HiccupRecorder;
import io.redistill.harness.record.Disturbance;
import io.redistill.harness.record.SlowRequest;
import io.redistill.harness.report.Units;
import io.redistill.harness.target.ControlConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts the slowest requests of all threads together with what else happened while they were under way. */
final class SlowNotes {
    private static final int MOST_NOTES = 128;

    private final List<Disturbance> disturbances;
    private final HiccupRecorder hiccups;
    private final @Nullable HiccupRecorder serverHiccups;
    private final long originNs;
    private final long startedAtEpochMs;
    private final List<Noted> slowLog;

    private record Noted(long epochSecond, String text) {}

    SlowNotes(
            List<Disturbance> disturbances,
            HiccupRecorder hiccups,
            @Nullable HiccupRecorder serverHiccups,
            long originNs,
            long startedAtEpochMs,
            ControlConnection control) {
        this.disturbances = disturbances;
        this.hiccups = hiccups;
        this.serverHiccups = serverHiccups;
        this.originNs = originNs;
        this.startedAtEpochMs = startedAtEpochMs;
        this.slowLog = slowLog(control);
    }

    private static List<Noted> slowLog(ControlConnection control) {
        List<Noted> notes = new ArrayList<>();
        try {
            if (control.ask("SLOWLOG", "GET", Integer.toString(MOST_NOTES)) instanceof List<?> entries) {
                for (Object entry : entries) {
                    if (entry instanceof List<?> fields
                            && fields.size() >= 4
                            && fields.get(1) instanceof String time
                            && fields.get(2) instanceof String microseconds
                            && fields.get(3) instanceof List<?> arguments) {
                        notes.add(new Noted(
                                Long.parseLong(time),
                                "SLOWLOG " + Units.time(Long.parseLong(microseconds) * 1e3) + " "
                                        + arguments.stream()
                                                .limit(2)
                                                .map(String::valueOf)
                                                .collect(Collectors.joining(" "))));
                    }
                }
            }
        } catch (IOException | NumberFormatException e) {
            // The server has no SLOWLOG, or not in this form: there is nothing to tell of it.
        }
        return notes;
    }

    List<SlowRequest> of(List<SlowestRequests> threads, List<CommandTemplate> commands) {
        List<SlowRequest> all = new ArrayList<>();
        for (SlowestRequests slowest : threads) {
            for (int i = 0; i < slowest.size(); i++) {
                all.add(request(slowest, i, commands));
            }
        }
        all.sort(Comparator.comparingLong(SlowRequest::responseNs).reversed());
        List<SlowRequest> ranked = new ArrayList<>();
        for (SlowRequest one : all.subList(0, Math.min(all.size(), SlowestRequests.COUNT))) {
            ranked.add(ranked(one, ranked.size() + 1));
        }
        return ranked;
    }

    private SlowRequest request(SlowestRequests slowest, int index, List<CommandTemplate> commands) {
        long dueNs = slowest.dueNs(index);
        long endNs = dueNs + slowest.responseNs(index);
        long serviceNs = Math.max(0, slowest.serviceNs(index));
        return new SlowRequest(
                0,
                dueNs,
                commands.get(slowest.command(index)).name(),
                slowest.connection(index),
                slowest.responseNs(index),
                serviceNs,
                slowest.responseNs(index) - serviceNs,
                slowest.answered(index),
                hiccups.longestBetween(originNs + dueNs, originNs + endNs),
                serverHiccups == null ? -1 : serverHiccups.longestBetween(originNs + dueNs, originNs + endNs),
                Marks.of(disturbances, dueNs, endNs),
                note(dueNs, endNs));
    }

    /** SLOWLOG knows seconds only. */
    private String note(long dueNs, long endNs) {
        long from = (startedAtEpochMs + dueNs / 1_000_000) / 1_000;
        long to = (startedAtEpochMs + endNs / 1_000_000) / 1_000;
        return slowLog.stream()
                .filter(noted -> noted.epochSecond() >= from && noted.epochSecond() <= to)
                .limit(3)
                .map(Noted::text)
                .collect(Collectors.joining("; "));
    }

    private static SlowRequest ranked(SlowRequest one, int rank) {
        return new SlowRequest(
                rank,
                one.dueNs(),
                one.command(),
                one.connection(),
                one.responseNs(),
                one.serviceNs(),
                one.latenessNs(),
                one.answered(),
                one.generatorHiccupNs(),
                one.serverHiccupNs(),
                one.disturbances(),
                one.serverNote());
    }
}

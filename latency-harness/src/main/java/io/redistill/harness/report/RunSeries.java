// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import io.redistill.harness.record.RunFolder;
import io.redistill.harness.statistics.IntervalCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * One side of a comparison: runs of one server.
 *
 * @param name as the reader knows it
 * @param runs in order of time, at least one
 */
public record RunSeries(String name, List<RunData> runs) {
    /**
     * Reads the folder of a run, or a folder that holds folders of runs.
     *
     * @throws IOException when there is no run or one cannot be read
     */
    public static RunSeries read(String name, Path path) throws IOException {
        List<RunData> runs = new ArrayList<>();
        for (Path folder : foldersIn(path)) {
            runs.add(RunData.read(RunFolder.open(folder)));
        }
        runs.sort(Comparator.comparingLong(run -> run.record().startedAtEpochMs()));
        return new RunSeries(name, runs);
    }

    private static List<Path> foldersIn(Path path) throws IOException {
        if (Files.isRegularFile(path.resolve(RunFolder.SUMMARY)) || !Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> children = Files.list(path)) {
            List<Path> folders = children.filter(child -> Files.isRegularFile(child.resolve(RunFolder.SUMMARY)))
                    .sorted()
                    .toList();
            // None: opening the folder itself says what is missing.
            return folders.isEmpty() ? List.of(path) : folders;
        }
    }

    /** Response times by interval, of each run. */
    public List<IntervalCounts> responseIntervals() {
        return runs.stream().map(RunData::responseIntervals).toList();
    }

    /** Response times of all runs together. */
    Histogram response() {
        Histogram all = new Histogram(3);
        runs.forEach(run -> all.add(run.response()));
        return all;
    }

    /** Why its figures may not be used; empty when they may. */
    public List<String> invalidReasons() {
        return runs.stream()
                .filter(run -> !run.record().validity().valid())
                .flatMap(run -> run.record().validity().reasons().stream())
                .distinct()
                .map(reason -> name + ": " + reason)
                .toList();
    }
}

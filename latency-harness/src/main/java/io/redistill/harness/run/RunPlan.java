// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.run;

import io.redistill.harness.generator.LoopSettings;
import io.redistill.harness.load.ArrivalSchedule;
import io.redistill.harness.load.CommandMix;
import io.redistill.harness.load.KeyDistribution;
import io.redistill.harness.load.WeightedRanges;
import io.redistill.harness.record.RunConfiguration;
import io.redistill.harness.target.Disturber;
import io.redistill.harness.target.Target;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A run whose options have been checked.
 *
 * <p>Threading: immutable; the functions make a new object for each call.
 *
 * @param configuration as it goes into the record
 * @param target the server
 * @param schedule the arrivals of a thread by its number
 * @param mix commands
 * @param keys number of keys
 * @param distribution keys of a connection by its number
 * @param valueLengths lengths of values
 * @param ttlsMs times to live
 * @param longestValueBytes the longest value
 * @param loop how each generator thread runs
 * @param prefill whether all keys are written first
 * @param prefillMix commands that write each key once
 * @param pinTo processors of the generator threads, or null
 * @param serverCpus processors whose hiccups are the server's, or null
 * @param disturbances what disturbs the server
 * @param serverPid the server's process where it is known, else -1
 * @param seed seed of all random streams
 * @param output folder to be made
 * @param quiet no progress line
 */
public record RunPlan(
        RunConfiguration configuration,
        Target target,
        IntFunction<ArrivalSchedule> schedule,
        CommandMix mix,
        long keys,
        IntFunction<KeyDistribution> distribution,
        WeightedRanges valueLengths,
        WeightedRanges ttlsMs,
        long longestValueBytes,
        LoopSettings loop,
        boolean prefill,
        CommandMix prefillMix,
        @Nullable BitSet pinTo,
        @Nullable BitSet serverCpus,
        List<Disturber> disturbances,
        long serverPid,
        long seed,
        Path output,
        boolean quiet) {}

// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.micro;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.redistill.engine.store.IndexKind;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Every micro-benchmark allocates no more heap than {@code allocation-budget.properties} allows. Its methods are called as
 * JMH calls them, with small parameters.
 */
class AllocationBudgetTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 5_000;
    private static final int ATTEMPTS = 3;

    /** What reading the counter may cost itself. */
    private static final long READING_BYTES = 1_000;

    private static final Map<String, Object> PARAMETERS =
            Map.of("commands", 16, "keys", 1_000, "index", IndexKind.EXTENDIBLE);

    @Test
    void shouldAllocateNoMoreThanTheBudgetAllows() throws Throwable {
        Map<String, Double> budget = budget();
        Map<String, Double> over = new TreeMap<>();
        for (String benchmark : budget.keySet()) {
            double bytes = bytesPerCall(benchmark);
            if (bytes > budget.get(benchmark)) {
                over.put(benchmark, bytes);
            }
        }
        assertThat(over).as("bytes of heap a call, above the budget").isEmpty();
    }

    @Test
    void shouldHaveABudgetForEveryBenchmark() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (BenchmarkListEntry entry : BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())) {
            names.add(entry.getUsername().replace(getClass().getPackageName() + ".", ""));
        }
        assertThat(budget().keySet()).containsExactlyElementsOf(names);
    }

    private static Map<String, Double> budget() throws IOException {
        Properties lines = new Properties();
        try (InputStream file = AllocationBudgetTest.class.getResourceAsStream("allocation-budget.properties")) {
            lines.load(file);
        }
        Map<String, Double> budget = new TreeMap<>();
        lines.forEach((name, bytes) -> budget.put((String) name, Double.valueOf((String) bytes)));
        return budget;
    }

    private double bytesPerCall(String benchmark) throws Throwable {
        String className = benchmark.substring(0, benchmark.indexOf('.'));
        Class<?> type = Class.forName(getClass().getPackageName() + "." + className);
        Object state = type.getConstructor().newInstance();
        for (Field field : type.getFields()) {
            if (field.isAnnotationPresent(Param.class)) {
                field.set(state, PARAMETERS.get(field.getName()));
            }
        }
        callAll(state, Setup.class);
        MethodHandle method = MethodHandles.lookup()
                .unreflect(type.getMethod(benchmark.substring(benchmark.indexOf('.') + 1)))
                .bindTo(state)
                .asType(MethodType.methodType(long.class));
        long sum = 0;
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt <= ATTEMPTS && least > 0; attempt++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                sum += (long) method.invokeExact();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before - READING_BYTES);
        }
        callAll(state, TearDown.class);
        assertThat(sum).as(benchmark + " returned nothing").isNotEqualTo(0);
        return (double) Math.max(0, least) / CALLS;
    }

    private static void callAll(Object state, Class<? extends Annotation> annotation) throws Throwable {
        for (Method method : state.getClass().getMethods()) {
            if (method.isAnnotationPresent(annotation)) {
                method.invoke(state);
            }
        }
    }
}

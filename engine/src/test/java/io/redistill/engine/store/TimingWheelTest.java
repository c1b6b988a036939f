// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.redistill.engine.memory.AddressSpace;
import io.redistill.engine.memory.Arena;
import io.redistill.engine.memory.Memory;
import io.redistill.engine.support.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The wheel beside a map of deadlines, under a fake clock that also steps; freed records are poisoned. */
class TimingWheelTest {
    private static final long START_MS = 1_700_000_000_000L;
    private static final long HOUR_MS = 3_600_000;
    private static final int MANY_MOVES = 1_000_000;

    private final AddressSpace space = new AddressSpace(64L << 20, false);
    private final Arena arena = new Arena(space, true);
    private final TimingWheel wheel = new TimingWheel(space.base());
    private final Map<Long, Long> deadlines = new HashMap<>();
    private final List<Long> records = new ArrayList<>();
    private final long[] due = new long[16];
    private long nowMs = START_MS;
    private boolean steps;
    private boolean steppedBack;

    TimingWheelTest() {
        wheel.clock(nowMs);
    }

    @AfterEach
    void close() {
        space.close();
    }

    @ParameterizedTest
    @CsvSource({"1, true", "3, false", "3, true", "50, true", "1000000, false", "1000000, true"})
    void shouldReturnExactlyWhatIsDueThroughRandomChanges(int movesPerCall, boolean clockStepsBack) {
        steps = clockStepsBack;
        SplittableRandom random = new SplittableRandom(Seeds.next("TimingWheelTest " + movesPerCall));
        for (int step = 0; step < 15_000; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> add(deadline(random));
                case 4 -> cancel(random);
                case 5 -> reschedule(random);
                case 6 -> move(random);
                case 7 -> {
                    nowMs += random.nextInt(500);
                    drain(movesPerCall);
                }
                case 8 -> passTime(random, movesPerCall);
                default -> rare(random, movesPerCall);
            }
            assertThat(wheel.size()).isEqualTo(deadlines.size());
        }
        long last = deadlines.values().stream().mapToLong(Long::longValue).max().orElse(0);
        nowMs = Math.max(nowMs, last + 1);
        drain(movesPerCall);
        assertThat(wheel.size()).isZero();
        assertThat(arena.usedBytes()).isZero();
        assertThat(wheel.nextWorkMs()).isEqualTo(TimingWheel.NEVER);
    }

    private long deadline(SplittableRandom random) {
        return switch (random.nextInt(10)) {
            case 0 -> Math.max(0, nowMs - random.nextInt(3000));
            case 1 -> nowMs;
            case 2, 3 -> nowMs + random.nextInt(100);
            case 4, 5 -> nowMs + random.nextInt(5000);
            case 6 -> nowMs + random.nextLong(2 * HOUR_MS);
            case 7 -> nowMs + random.nextLong(400L * 24 * HOUR_MS);
            case 8 -> (nowMs | 0x3ff) + random.nextInt(3);
            default -> random.nextInt(20) == 0 ? TimingWheel.DEADLINE_LIMIT_MS - 1 : nowMs + 10_000;
        };
    }

    private void rare(SplittableRandom random, int movesPerCall) {
        int kind = random.nextInt(steps ? 40 : 1);
        steppedBack |= kind >= 1 && kind <= 4;
        switch (kind) {
            case 0 -> {
                nowMs += HOUR_MS;
                drain(movesPerCall);
            }
            case 1, 2 -> {
                nowMs -= HOUR_MS;
                drain(movesPerCall);
            }
            case 3 -> {
                nowMs -= TimingWheel.STEP_BACK_MS + 1 + random.nextInt(100);
                drain(movesPerCall);
            }
            case 4 -> {
                nowMs -= HOUR_MS;
                // A step that the wheel sees half-way through another one.
                wheel.collectDue(nowMs, due, 1);
                nowMs += random.nextInt((int) HOUR_MS);
            }
            default -> wheel.clock(nowMs);
        }
    }

    private void passTime(SplittableRandom random, int movesPerCall) {
        for (int i = 0; i < 20; i++) {
            nowMs += random.nextInt(3);
            drain(movesPerCall);
        }
    }

    /** Lets the wheel work until it says that it has nothing to do, and compares. */
    private void drain(int movesPerCall) {
        drainOnce(movesPerCall);
        if (steppedBack) {
            // A step back that is too small to be noticed may delay what was due already.
            nowMs += TimingWheel.STEP_BACK_MS + 1;
            drainOnce(movesPerCall);
        }
        assertThat(deadlines.values().stream()
                        .filter(deadline -> deadline < nowMs - (steppedBack ? TimingWheel.STEP_BACK_MS + 1 : 0)))
                .as("what is due is collected")
                .isEmpty();
    }

    private void drainOnce(int movesPerCall) {
        int calls = 0;
        while (wheel.nextWorkMs() <= nowMs || calls == 0) {
            int count = wheel.collectDue(nowMs, due, movesPerCall);
            for (int i = 0; i < count; i++) {
                Long deadline = deadlines.get(due[i]);
                assertThat(deadline).as("a record that was scheduled").isNotNull();
                assertThat(deadline).isLessThan(nowMs);
                assertThat(TimingWheel.deadline(due[i])).isEqualTo(deadline);
                free(due[i]);
            }
            assertThat(calls++).as("work comes to an end").isLessThan(200_000);
        }
    }

    private long add(long deadlineMs) {
        long record = arena.allocate(TimingWheel.RECORD_BYTES);
        wheel.schedule(record, deadlineMs);
        deadlines.put(record, deadlineMs);
        records.add(record);
        return record;
    }

    private void free(long record) {
        wheel.cancel(record);
        arena.free(record);
        deadlines.remove(record);
        records.remove(record);
    }

    private void cancel(SplittableRandom random) {
        if (!records.isEmpty()) {
            free(records.get(random.nextInt(records.size())));
        }
    }

    private void reschedule(SplittableRandom random) {
        if (!records.isEmpty()) {
            long record = records.get(random.nextInt(records.size()));
            long deadline = deadline(random);
            wheel.reschedule(record, deadline);
            deadlines.put(record, deadline);
        }
    }

    private void move(SplittableRandom random) {
        if (!records.isEmpty()) {
            int index = random.nextInt(records.size());
            long from = records.get(index);
            long to = arena.allocate(TimingWheel.RECORD_BYTES);
            Memory.copy(from, to, TimingWheel.RECORD_BYTES);
            wheel.moved(to);
            arena.free(from);
            records.set(index, to);
            deadlines.put(to, deadlines.remove(from));
        }
    }

    @Test
    void shouldSayWhenItIsNeeded() {
        assertThat(wheel.nextWorkMs()).isEqualTo(TimingWheel.NEVER);
        add(nowMs + 700);
        assertThat(wheel.nextWorkMs()).isEqualTo(nowMs + 701);
        nowMs += 700;
        assertThat(wheel.collectDue(nowMs, due, MANY_MOVES)).isZero();
        nowMs += 1;
        assertThat(wheel.collectDue(nowMs, due, MANY_MOVES)).isOne();
    }

    @Test
    void shouldNotHaveToBeAskedOftenForDistantDeadlines() {
        long record = add(nowMs + 1000 * HOUR_MS);
        int wakeUps = 0;
        while (wheel.collectDue(nowMs, due, MANY_MOVES) == 0) {
            nowMs = Math.max(nowMs + 1, wheel.nextWorkMs());
            wakeUps++;
        }
        assertThat(due[0]).isEqualTo(record);
        assertThat(nowMs).isEqualTo(START_MS + 1000 * HOUR_MS + 1);
        assertThat(wakeUps).isLessThan(10);
    }

    @Test
    void shouldMoveNoMoreRecordsInACallThanAllowed() {
        for (int i = 0; i < 1000; i++) {
            add(nowMs + 60_000);
        }
        nowMs += 59_000;
        int calls = 0;
        while (wheel.nextWorkMs() <= nowMs) {
            assertThat(wheel.collectDue(nowMs, due, 10)).isZero();
            calls++;
        }
        assertThat(calls).isGreaterThanOrEqualTo(100);
        nowMs = START_MS + 60_001;
        assertThat(wheel.collectDue(nowMs, due, 10)).isEqualTo(due.length);
    }

    @Test
    void shouldKeepNothingOfChurn() {
        for (int i = 0; i < 100_000; i++) {
            long record = add(nowMs + i % 100_000);
            free(record);
        }
        assertThat(wheel.size()).isZero();
        assertThat(wheel.nextWorkMs()).isEqualTo(TimingWheel.NEVER);
        assertThat(arena.usedBytes()).isZero();
    }

    @Test
    void shouldBeExactAfterTheClockWentBack() {
        add(nowMs + 10_000);
        nowMs -= HOUR_MS;
        long early = add(nowMs + 5);
        drain(1);
        assertThat(deadlines).hasSize(2);
        nowMs += 6;
        assertThat(wheel.collectDue(nowMs, due, MANY_MOVES)).isOne();
        assertThat(due[0]).isEqualTo(early);
    }

    @Test
    void shouldFindARecordOfTheEarliestSlot() {
        assertThat(wheel.first()).isZero();
        add(nowMs + 3 * HOUR_MS);
        long soon = add(nowMs + 20);
        add(nowMs + 50_000);
        assertThat(wheel.first()).isEqualTo(soon);
    }
}

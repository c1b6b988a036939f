// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.statistics;

/** What can be said of the second of two series. */
public enum Verdict {
    /** Its latency is lower, by more than the margin, with the confidence asked for. */
    BETTER,
    /** Its latency is higher, likewise. */
    WORSE,
    /** No difference beyond the margin is shown; one inside the interval may be there. */
    SAME,
    /** The samples are too few to say anything. */
    NONE;

    /** Of several: worse if one is worse, else better if one is better, else same if one is. */
    public static Verdict of(Iterable<Verdict> verdicts) {
        Verdict all = NONE;
        for (Verdict verdict : verdicts) {
            if (verdict == WORSE) {
                return WORSE;
            }
            if (verdict == BETTER || (verdict == SAME && all == NONE)) {
                all = verdict;
            }
        }
        return all;
    }

    /** In lower case, as printed. */
    public String word() {
        return switch (this) {
            case BETTER -> "better";
            case WORSE -> "worse";
            case SAME -> "same";
            case NONE -> "no verdict";
        };
    }
}

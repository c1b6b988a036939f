// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds what a misspelt name probably meant. */
final class NearestName {
    private NearestName() {}

    /** The candidate with the fewest edits, or null when all of them are too far away to be meant. */
    static @Nullable String of(String name, Collection<String> candidates) {
        String nearest = null;
        int fewest = Math.max(2, name.length() / 4) + 1;
        for (String candidate : candidates) {
            int edits = edits(name, candidate);
            if (edits < fewest) {
                fewest = edits;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** {@code "; did you mean x?"}, or {@code otherwise} when nothing is near. */
    static String hint(String name, Collection<String> candidates, String otherwise) {
        String nearest = of(name, candidates);
        return nearest == null ? otherwise : "; did you mean " + nearest + "?";
    }

    /** Insertions, deletions, replacements and swaps of neighbours that turn one name into the other. */
    private static int edits(String a, String b) {
        int[][] distance = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                int replace = distance[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replace, 1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, distance[i - 2][j - 2] + 1);
                }
                distance[i][j] = best;
            }
        }
        return distance[a.length()][b.length()];
    }
}

// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.snapshot.fuzz;

import io.redistill.engine.rdb.RdbException;
import io.redistill.engine.rdb.RdbInput;
import io.redistill.engine.rdb.RdbTypes;
import io.redistill.engine.rdb.RdbValues;
import java.io.IOException;

/** Any bytes as values of RDB: the first byte is the type. Read, or refused in our own words. */
public final class RdbFuzzer {
    private RdbFuzzer() {}

    /** What the fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        try {
            RdbInput in = RdbInput.of(data);
            int type = in.read();
            if (RdbTypes.isHash(type)) {
                RdbValues.hash(type, in, (name, value) -> {});
            } else {
                RdbValues.skipValue(type, in);
            }
        } catch (RdbException refused) {
            // As it should be.
        }
    }
}

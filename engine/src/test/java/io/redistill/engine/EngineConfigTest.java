// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.redistill.engine.shard.ShardClock;
import io.redistill.engine.store.HashLimits;
import io.redistill.engine.store.IndexKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineConfigTest {
    @ParameterizedTest
    @CsvSource({"2048, 1, 2048", "2048, 2, 1024", "2048, 3, 1024", "1000, 1, 1024", "1, 1, 64", "2048, 64, 64"})
    void shouldGiveEachShardAPowerOfTwoOfStripes(int stripes, int shards, int ofOneShard) {
        assertThat(config(shards, stripes).stripesPerShard()).isEqualTo(ofOneShard);
    }

    @Test
    void shouldRefuseMoreShardsThanASetOfThemHolds() {
        assertThat(config(EngineConfig.MAX_SHARDS, 1).shards()).isEqualTo(64);
        assertThatIllegalArgumentException().isThrownBy(() -> config(65, 1)).withMessage("shards=65 is not in 1 to 64");
    }

    private static EngineConfig config(int shards, int stripes) {
        return new EngineConfig(
                shards,
                1,
                2,
                1 << 20,
                IndexKind.STRIPED,
                stripes,
                HashLimits.defaults(),
                16,
                1,
                ShardClock.SYSTEM,
                false,
                true);
    }
}

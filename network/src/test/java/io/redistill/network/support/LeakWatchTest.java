// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The watch hears a leak, so that the tests which use it can fail. */
class LeakWatchTest {
    @Test
    void shouldHearALeak() throws InterruptedException {
        LeakWatch.install();
        List<String> before = LeakWatch.leaks();
        lose();
        List<String> heard = new ArrayList<>(LeakWatch.leaks());
        heard.removeAll(before);
        assertThat(heard).singleElement().asString().startsWith("LEAK: ");
        heard.forEach(LeakWatch::forget);
        assertThat(LeakWatch.leaks()).isEqualTo(before);
    }

    private static void lose() {
        UnpooledByteBufAllocator.DEFAULT.directBuffer(64).writeByte(1);
    }
}

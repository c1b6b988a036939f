// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start with a few plain options does not pay for loading picocli and the TOML library, some 150 ms each. */
class StartWithoutLibrariesTest {
    @TempDir
    Path directory;

    @Test
    void shouldNeedNoLibraryForPlainOptions() throws Exception {
        assertThat(resolve("--port", "1234", "--max_memory=1gb").getClass().getSimpleName())
                .isEqualTo("Run");
        assertThatThrownBy(() -> resolve("--help"))
                .isInstanceOf(InvocationTargetException.class)
                .hasRootCauseInstanceOf(ClassNotFoundException.class);
    }

    private Object resolve(String... args) throws Exception {
        Class<?> settings = new WithoutLibraries().loadClass(ServerSettings.class.getName());
        Method resolve = settings.getMethod("resolve", String[].class, Map.class, Path.class);
        return resolve.invoke(null, args, Map.of(), directory);
    }

    /** Defines the classes of this package anew and knows neither library. */
    private static final class WithoutLibraries extends ClassLoader {
        WithoutLibraries() {
            super(StartWithoutLibrariesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("picocli.") || name.startsWith("org.tomlj.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith(ServerSettings.class.getPackageName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}

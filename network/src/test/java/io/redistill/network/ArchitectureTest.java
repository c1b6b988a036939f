// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The direction of dependencies between modules and packages. This module sees all of them but the harness. */
@AnalyzeClasses(packages = "io.redistill", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String SERVER = "io.redistill.network.server..";

    @ArchTest
    static final ArchRule engineShouldKnowNeitherNetworkNorSnapshots = noClasses()
            .that()
            .resideInAPackage("io.redistill.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.netty..",
                    "io.redistill.network..",
                    "io.redistill.snapshot..",
                    "io.redistill.harness..",
                    "net.openhft.chronicle..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule snapshotsShouldNotKnowTheNetwork = noClasses()
            .that()
            .resideInAPackage("io.redistill.snapshot..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty..", "io.redistill.network..", "io.redistill.harness..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyTheServerShouldKnowSnapshots = noClasses()
            .that()
            .resideOutsideOfPackages(SERVER, "io.redistill.snapshot..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.redistill.snapshot..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlySnapshotsShouldUseChronicle = noClasses()
            .that()
            .resideOutsideOfPackage("io.redistill.snapshot..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("net.openhft.chronicle..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule noPackageShouldDependOnTheServer = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SERVER)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyEngineMemoryShouldTouchRawMemory = noClasses()
            .that()
            .resideOutsideOfPackage("io.redistill.engine.memory..")
            .should()
            .dependOnClassesThat(rawMemory())
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyNamedClassesShouldCallTheSystem = noClasses()
            .that()
            .resideOutsideOfPackage("io.redistill.engine.memory..")
            .and()
            .haveNameNotMatching(".*\\.BackgroundPriority(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyEngineStoreShouldUseKoloboke = noClasses()
            .that()
            .resideOutsideOfPackage("io.redistill.engine.store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.koloboke..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyTheServerShouldReadItsSurroundings = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER)
            .should()
            .accessTargetWhere(readsPropertiesOrEnvironment())
            .because("two engines in one JVM must be able to differ")
            .allowEmptyShould(true);

    private static DescribedPredicate<JavaClass> rawMemory() {
        return JavaClass.Predicates.resideInAnyPackage("sun.misc..", "jdk.internal..")
                .or(JavaClass.Predicates.type(org.agrona.UnsafeApi.class))
                .as("are UnsafeApi, sun.misc or jdk.internal");
    }

    private static DescribedPredicate<JavaAccess<?>> readsPropertiesOrEnvironment() {
        return call(System.class, "getenv")
                .or(call(System.class, "getProperty"))
                .or(call(System.class, "getProperties"))
                .or(call(Boolean.class, "getBoolean"))
                .or(call(Integer.class, "getInteger"))
                .or(call(Long.class, "getLong"))
                .as("reads system properties or environment variables");
    }

    private static DescribedPredicate<JavaAccess<?>> call(Class<?> type, String method) {
        return DescribedPredicate.describe(
                type.getSimpleName() + "." + method,
                access -> access.getTarget().getOwner().isEquivalentTo(type)
                        && access.getTarget().getName().equals(method));
    }
}

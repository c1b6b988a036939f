// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.network.server;

import io.redistill.engine.command.Opcode;
import io.redistill.engine.reply.RespValue;
import io.redistill.engine.shard.CutReplies;
import io.redistill.network.NetworkServer;
import io.redistill.network.server.settings.ProductVersion;
import io.redistill.network.server.settings.SaveRules;
import io.redistill.network.server.settings.ServerSettings;
import io.redistill.snapshot.Codec;
import io.redistill.snapshot.LoadProgress;
import io.redistill.snapshot.SnapshotLoader;
import io.redistill.snapshot.SnapshotReader;
import io.redistill.snapshot.SnapshotService;
import io.redistill.snapshot.SnapshotStatus;
import io.redistill.snapshot.SnapshotStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What this server does with snapshots: loads one at start, saves them when asked, by rule and at the end, and answers the
 * commands about them.
 *
 * <p>Threading: {@link #load}, {@link #start}, {@link #prepareEnd}, {@link #saveAtEnd} and {@link #stop} the main thread;
 * the rest any thread.
 */
final class Persistence {
    private static final RespValue SYNTAX_ERROR = RespValue.error("ERR syntax error");
    private static final RespValue IN_PROGRESS = RespValue.error("ERR Background save already in progress");
    private static final DateTimeFormatter KEPT_NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final ServerSettings settings;
    private final NetworkServer server;
    private final Log log;
    private final SnapshotService service;
    private final AtomicReference<@Nullable AtomicBoolean> shutdownUnderWay = new AtomicReference<>();
    private volatile boolean loading;
    private volatile boolean saveAtEnd;
    private volatile SaveRules rules;
    private volatile LoadProgress progress = new LoadProgress();

    /**
     * The persistence of one server.
     *
     * @param storage where snapshots go
     */
    Persistence(NetworkServer server, ServerSettings settings, SnapshotStorage storage, Log log) {
        this.settings = settings;
        this.server = server;
        this.log = log;
        rules = settings.saveRules();
        saveAtEnd = settings.savesAtEnd();
        Path target = settings.snapshotDirectory().resolve(settings.snapshotPath());
        service = new SnapshotService(
                server.engine(),
                storage,
                "redistill " + ProductVersion.version(),
                new SnapshotService.Config(
                        target, settings.snapshotCompression() ? Codec.LZ4 : Codec.NONE, rules.rules()),
                server::publishCut,
                new SnapshotService.Events() {
                    @Override
                    public void info(String message) {
                        log.info(message);
                    }

                    @Override
                    public void warn(String message) {
                        log.warn(message);
                    }
                });
        loading = Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !settings.startEmpty();
    }

    // ---- the start

    /** Whether the snapshot is being loaded, or about to be. */
    boolean isLoading() {
        return loading;
    }

    LoadProgress progress() {
        return progress;
    }

    /**
     * Loads the snapshot, if there is one, while the server listens.
     *
     * @throws IOException when it cannot be loaded; the message says which file, where and why
     */
    void load() throws IOException {
        Path file = service.config().target();
        if (settings.startEmpty()) {
            keepAside(file);
            return;
        }
        if (!loading) {
            return;
        }
        progress = new LoadProgress();
        log.info("loading " + file);
        SnapshotReader.Contents contents;
        try (LoadReport report = new LoadReport(progress, log)) {
            report.start();
            contents = SnapshotLoader.load(server.engine(), file, progress);
        }
        loading = false;
        log.info("loaded " + progress.loadedKeys() + " keys (" + progress.expiredKeys() + " had expired) of "
                + contents.entryCount() + " records, " + progress.totalBytes() + " bytes in "
                + (System.currentTimeMillis() - progress.startedMs()) + " ms");
    }

    private void keepAside(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path kept = file.resolveSibling(file.getFileName() + ".kept-" + KEPT_NAME.format(LocalDateTime.now()));
        Files.move(file, kept);
        log.warn("starting empty: " + file + " is kept as " + kept);
    }

    /** Begins to save by rule. */
    void start() {
        service.start();
    }

    // ---- commands

    /** SAVE, BGSAVE and SHUTDOWN; see {@code ServerCommands.prepareCut}. */
    @Nullable
    RespValue prepare(int opcode, List<String> words, LongConsumer result, Runnable shutdown) {
        return switch (opcode) {
            case Opcode.SAVE -> begun(service.tryBegin(ok -> result.accept(resultOf(ok))));
            case Opcode.BGSAVE -> {
                if (words.size() > 2 || words.size() == 2 && !words.get(1).equals("schedule")) {
                    yield SYNTAX_ERROR;
                }
                yield begun(service.tryBegin(null));
            }
            default -> prepareShutdown(words, result, shutdown);
        };
    }

    private static @Nullable RespValue begun(boolean begun) {
        return begun ? null : IN_PROGRESS;
    }

    private static long resultOf(boolean ok) {
        return ok ? CutReplies.OK : CutReplies.FAILED;
    }

    private @Nullable RespValue prepareShutdown(List<String> words, LongConsumer result, Runnable shutdown) {
        boolean save = false;
        boolean noSave = false;
        boolean force = false;
        boolean now = false; // there are no replicas to wait for
        boolean abort = false;
        for (String word : words.subList(1, words.size())) {
            switch (word) {
                case "save" -> save = true;
                case "nosave" -> noSave = true;
                case "force" -> force = true;
                case "abort" -> abort = true;
                case "now" -> now = true;
                default -> {
                    return SYNTAX_ERROR;
                }
            }
        }
        if (save && noSave || abort && (save || noSave || force || now)) {
            return SYNTAX_ERROR;
        }
        if (abort) {
            AtomicBoolean underWay = shutdownUnderWay.get();
            return underWay != null && underWay.compareAndSet(true, false)
                    ? RespValue.OK
                    : RespValue.error("ERR No shutdown in progress.");
        }
        if (noSave || loading || !save && rules.rules().isEmpty()) {
            if (noSave) {
                saveAtEnd = false;
            }
            shutdown.run();
            return RespValue.NONE;
        }
        AtomicBoolean wanted = new AtomicBoolean(true);
        shutdownUnderWay.set(wanted);
        boolean whateverHappens = force;
        service.saveNext(ok -> {
            boolean goOn = wanted.compareAndSet(true, false) && (ok || whateverHappens);
            result.accept(resultOf(goOn));
            if (goOn) {
                // What changes from here on, until the last reply is sent, is saved at the end.
                saveAtEnd = ok;
                savedBefore = true;
                shutdown.run();
            } else if (!ok) {
                log.warn("the server goes on: the snapshot that SHUTDOWN asked for failed");
            }
        });
        return null;
    }

    /** LASTSAVE. */
    RespValue lastSave() {
        return RespValue.integer(service.status().lastSaveMs() / 1000);
    }

    SnapshotStatus status() {
        return service.status();
    }

    /** The rules as {@code CONFIG GET save} prints them. */
    String saveRules() {
        return rules.toString();
    }

    /** Replaces the rules; false when the text is none. */
    boolean saveRules(String text) {
        SaveRules given = SaveRules.parse(text);
        if (given == null) {
            return false;
        }
        rules = given;
        SnapshotService.Config now = service.config();
        service.config(new SnapshotService.Config(now.target(), now.codec(), given.rules()));
        return true;
    }

    boolean isCompressing() {
        return service.config().codec() != Codec.NONE;
    }

    void compress(boolean on) {
        SnapshotService.Config now = service.config();
        service.config(new SnapshotService.Config(now.target(), on ? Codec.LZ4 : Codec.NONE, now.rules()));
    }

    // ---- the end

    private volatile boolean savedBefore;

    /** Before the threads end: a snapshot under way could not come to its end afterwards. */
    void prepareEnd() {
        service.giveUp();
    }

    /**
     * When the threads have ended and the data is still there: saves it, if that is asked for and anything changed.
     *
     * @return false when it was asked for and failed
     */
    boolean saveAtEnd() {
        boolean asked = savedBefore || !rules.rules().isEmpty() || settings.savesAtEndWithoutRules();
        if (loading || !saveAtEnd || !asked || service.changesSinceLast() == 0 && service.hasFile()) {
            return true;
        }
        log.info("saving a snapshot before the end");
        return service.saveWhileStopped();
    }

    /** Ends the thread that saves. */
    void stop() {
        try {
            service.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Words in lower case, for the parsing of options. */
    static List<String> lowerCase(List<String> words) {
        return words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
    }
}

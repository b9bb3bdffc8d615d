package io.fairlead.agent;

import io.fairlead.agent.config.ConfiguredMode;
import io.fairlead.agent.config.ProxyMode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Follows the mode that kube-proxy's configuration file asks for: all else of it counts from the next start on. Reads the
 * file every second; a ConfigMap is changed by links, of which not every file system tells.
 *
 * <p>Thread-safe.
 */
final class ConfigWatch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(ConfigWatch.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Path file;
    private final Consumer<ProxyMode> listener;
    private final CountDownLatch end = new CountDownLatch(1);
    private ConfiguredMode last;

    private ConfigWatch(Path file, ProxyMode mode, Consumer<ProxyMode> listener) {
        this.file = file;
        this.listener = listener;
        this.last = new ConfiguredMode.Asked(mode);
    }

    /**
     * @param mode that the file asked for before
     * @param listener told of each other one that it asks for, on a thread of this object
     */
    static ConfigWatch start(Path file, ProxyMode mode, Consumer<ProxyMode> listener) {
        ConfigWatch watch = new ConfigWatch(file, mode, listener);
        Thread.ofPlatform().daemon().name("config-watch").start(watch::run);
        return watch;
    }

    private void run() {
        try {
            while (!end.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        ConfiguredMode now = ConfiguredMode.read(file);
        if (now.equals(last)) {
            return;
        }
        last = now;
        switch (now) {
            case ConfiguredMode.Asked(ProxyMode mode) -> listener.accept(mode);
            case ConfiguredMode.Unreadable(String reason) ->
                LOG.log(Level.WARNING, "--config {0}: {1}; what was in force stays", file, reason);
        }
    }

    @Override
    public void close() {
        end.countDown();
    }
}

package io.fairlead.controller.keys;

import io.fairlead.cluster.keys.SharedKeys;
import io.fairlead.cluster.leader.Leadership;
import io.fairlead.cluster.model.PrivateBytes;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.SecretData;
import io.fairlead.cluster.write.VersionedObject;
import io.fairlead.cluster.write.WriteRefused;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the shared keys as the rotation wants them while this process leads. Each change is written to the version that
 * was read, so that a leader whose time is over changes nothing.
 *
 * <p>Thread-safe; {@link #gained} and {@link #lost} take turns.
 */
public final class KeyKeeper implements Leadership {

    private static final Logger LOG = System.getLogger(KeyKeeper.class.getName());

    /** A Secret that somebody deleted is made again after this at most. */
    private static final Duration LOOK_MAX = Duration.ofMinutes(1);

    private static final Duration LOOK_MIN = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final VersionedObject secret;
    private final KeyRotation rotation;
    private final KeyAccount account;
    private final BooleanSupplier leads;
    private final InstantSource clock;
    private @Nullable Thread thread;
    private String told = "";
    private volatile Optional<SharedKeys> known = Optional.empty();

    /** @param leads is asked before each write */
    public KeyKeeper(
            VersionedObject secret,
            KeyRotation rotation,
            KeyAccount account,
            BooleanSupplier leads,
            InstantSource clock) {
        this.secret = secret;
        this.rotation = rotation;
        this.account = account;
        this.leads = leads;
        this.clock = clock;
    }

    @Override
    public void gained() {
        thread = Thread.ofVirtual().name("keys").start(this::run);
    }

    @Override
    public void lost() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        known = Optional.empty();
    }

    /** For how long the key that writes has done so; nothing unless this process leads. */
    public Optional<Duration> age(SharedKeys.Purpose purpose) {
        return known.map(keys -> Duration.between(keys.ring(purpose).current().since(), clock.instant()));
    }

    private void run() {
        try {
            while (true) {
                TimeUnit.NANOSECONDS.sleep(step().toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Does what is due. Returns when to look again. */
    Duration step() throws InterruptedException {
        try {
            Instant now = clock.instant();
            Optional<VersionedObject.Found> found = secret.read();
            Optional<SharedKeys> present = found.map(each -> keys(each.object()));
            SharedKeys wanted = present.map(keys -> rotation.step(keys, now)).orElseGet(() -> rotation.first(now));
            told = "";
            account.readable();
            if (!present.equals(Optional.of(wanted))) {
                String version = found.map(VersionedObject.Found::version).orElse(VersionedObject.NONE);
                if (!leads.getAsBoolean() || !secret.write(fields(wanted), version)) {
                    return LOOK_MIN;
                }
                account.changed();
                LOG.log(
                        Level.INFO,
                        "shared keys: {0} for tickets, {1} for cookies",
                        wanted.tickets(),
                        wanted.cookies());
            }
            known = Optional.of(wanted);
            return bounded(rotation.untilDue(wanted, now));
        } catch (WriteRefused e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            account.failed();
            LOG.log(Level.WARNING, "the shared keys cannot be kept: {0}", e.getMessage());
            return RETRY;
        } catch (InvalidInput | IllegalArgumentException e) {
            complain(String.valueOf(e.getMessage()));
            return RETRY;
        }
    }

    private void complain(String reason) {
        known = Optional.empty();
        if (!reason.equals(told)) {
            told = reason;
            account.unreadable(reason);
        }
    }

    private static Duration bounded(Duration wait) {
        Duration atLeast = wait.compareTo(LOOK_MIN) < 0 ? LOOK_MIN : wait;
        return atLeast.compareTo(LOOK_MAX) > 0 ? LOOK_MAX : atLeast;
    }

    private static SharedKeys keys(Field object) {
        String type = object.at("type").text(253);
        if (!type.equals(SharedKeys.TYPE)) {
            throw new IllegalArgumentException("its type is not " + SharedKeys.TYPE);
        }
        PrivateBytes text = SecretData.value(object, SharedKeys.ENTRY);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("it has no entry " + SharedKeys.ENTRY);
        }
        return SharedKeys.parse(text);
    }

    private static Map<String, Object> fields(SharedKeys keys) {
        String text = Base64.getEncoder().encodeToString(keys.toText().toBytes());
        return Map.of("type", SharedKeys.TYPE, "data", Map.of(SharedKeys.ENTRY, text));
    }
}

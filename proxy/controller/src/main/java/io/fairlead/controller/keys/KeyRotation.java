package io.fairlead.controller.keys;

import io.fairlead.cluster.keys.KeyRing;
import io.fairlead.cluster.keys.SharedKey;
import io.fairlead.cluster.keys.SharedKeys;
import io.fairlead.cluster.model.PrivateBytes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * When a key changes its role. A new key is first only published; when every replica may know it, it writes, and the one
 * before it reads for as long as there may be something that it wrote.
 *
 * <p>All of it is decided by what stands in the Secret, so that any leader goes on where the last one stopped. A time that
 * a wrong clock wrote counts as passed when it is as far ahead as it should have been in the past.
 *
 * <p>Immutable, except what {@code fresh} draws from.
 *
 * @param period how long a key writes
 * @param notice how long it is published before
 * @param ticketLifetime how long a key for tickets reads after it wrote
 * @param cookieLifetime the same for cookies
 * @param fresh makes the bytes of a key
 */
public record KeyRotation(
        Duration period,
        Duration notice,
        Duration ticketLifetime,
        Duration cookieLifetime,
        Supplier<PrivateBytes> fresh) {

    /** How many keys for a purpose there may be: replicas take no more. */
    public static int keysMax(SharedKeys.Purpose purpose) {
        return switch (purpose) {
            case TICKETS -> 16;
            case COOKIES -> KeyRing.KEYS_MAX;
        };
    }

    /** How many keys there are at most, if one rotates like that. */
    public static long keys(Duration period, Duration lifetime) {
        return lifetime.dividedBy(period) + 3;
    }

    /** The first keys. */
    SharedKeys first(Instant now) {
        return new SharedKeys(firstRing(now), firstRing(now));
    }

    private KeyRing firstRing(Instant now) {
        return new KeyRing(List.of(key(SharedKey.Role.CURRENT, now, fresh.get())));
    }

    private static SharedKey key(SharedKey.Role role, Instant now, PrivateBytes secret) {
        return new SharedKey(role, now.truncatedTo(ChronoUnit.SECONDS), secret);
    }

    /** What the keys should be now: the same, unless something is due. */
    SharedKeys step(SharedKeys keys, Instant now) {
        return new SharedKeys(
                step(keys.tickets(), SharedKeys.Purpose.TICKETS, now),
                step(keys.cookies(), SharedKeys.Purpose.COOKIES, now));
    }

    private KeyRing step(KeyRing ring, SharedKeys.Purpose purpose, Instant now) {
        SharedKey current = ring.current();
        List<SharedKey> next = new ArrayList<>();
        List<SharedKey> old = new ArrayList<>();
        for (SharedKey key : ring.keys()) {
            boolean due = untilDue(key, purpose, now).isZero();
            switch (key.role()) {
                case CURRENT -> {}
                case NEXT -> {
                    if (due) {
                        old.add(key(SharedKey.Role.OLD, now, current.secret()));
                        current = key(SharedKey.Role.CURRENT, now, key.secret());
                    } else {
                        next.add(key);
                    }
                }
                case OLD -> {
                    if (!due) {
                        old.add(key);
                    }
                }
            }
        }
        if (current.equals(ring.current())
                && next.isEmpty()
                && untilDue(current, purpose, now).isZero()) {
            next.add(key(SharedKey.Role.NEXT, now, fresh.get()));
        }
        List<SharedKey> keys = new ArrayList<>(List.of(current));
        keys.addAll(next);
        keys.addAll(old);
        return new KeyRing(keys.subList(0, Math.min(keys.size(), keysMax(purpose))));
    }

    /** How long until something is due; what is due already was done in {@link #step} or waits for what comes first. */
    Duration untilDue(SharedKeys keys, Instant now) {
        Duration shortest = period;
        for (SharedKeys.Purpose purpose : SharedKeys.Purpose.values()) {
            for (SharedKey key : keys.ring(purpose).keys()) {
                Duration left = untilDue(key, purpose, now);
                if (left.isPositive() && left.compareTo(shortest) < 0) {
                    shortest = left;
                }
            }
        }
        return shortest;
    }

    /** How long until a key loses its role; zero if it should have. */
    private Duration untilDue(SharedKey key, SharedKeys.Purpose purpose, Instant now) {
        Duration span = switch (key.role()) {
            case CURRENT -> period;
            case NEXT -> notice;
            case OLD ->
                switch (purpose) {
                    case TICKETS -> ticketLifetime;
                    case COOKIES -> cookieLifetime;
                };
        };
        Duration age = Duration.between(key.since(), now);
        return age.abs().compareTo(span) >= 0 ? Duration.ZERO : span.minus(age);
    }
}

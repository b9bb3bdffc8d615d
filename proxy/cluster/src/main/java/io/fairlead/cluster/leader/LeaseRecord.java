package io.fairlead.cluster.leader;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a Lease says.
 *
 * <p>Immutable.
 *
 * @param holder empty if it was given back
 * @param duration how long others have to wait for the holder
 * @param acquired when the holder took it, by its clock
 * @param renewed when it last said that it is there, by its clock
 * @param transitions how often the holder changed
 */
record LeaseRecord(String holder, Duration duration, Instant acquired, Instant renewed, int transitions) {

    static final ClusterKind KIND = ClusterKind.other("Lease", "coordination.k8s.io/v1", "leases", true);

    /** What a holder writes that gives it back (client-go): whoever does not look at the holder waits for a moment only. */
    private static final Duration GIVEN_BACK = Duration.ofSeconds(1);

    private static final int TEXT_MAX = 1024;
    private static final int SECONDS_MAX = 3600;

    /** {@code MicroTime} of the API, which has six digits and no others. */
    private static final DateTimeFormatter MICRO_TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** @throws InvalidInput if it is no Lease */
    static LeaseRecord of(Field object) {
        Field spec = object.at("spec");
        return new LeaseRecord(
                spec.at("holderIdentity").text(TEXT_MAX),
                Duration.ofSeconds(spec.at("leaseDurationSeconds").number(1, 1, SECONDS_MAX, "a number of seconds")),
                time(spec.at("acquireTime")),
                time(spec.at("renewTime")),
                spec.at("leaseTransitions").number(0, 0, Integer.MAX_VALUE, "a count"));
    }

    private static Instant time(Field field) {
        String text = field.text(64);
        try {
            return text.isEmpty()
                    ? Instant.EPOCH
                    : OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeException e) {
            throw field.error("is not a time");
        }
    }

    /** The fields of the object. */
    Map<String, Object> toFields() {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("holderIdentity", holder);
        spec.put("leaseDurationSeconds", duration.toSeconds());
        spec.put("acquireTime", MICRO_TIME.format(acquired));
        spec.put("renewTime", MICRO_TIME.format(renewed));
        spec.put("leaseTransitions", transitions);
        return Map.of("spec", spec);
    }

    /** The same holder is there still. A renewal is always a change, also if a clock stands still or goes back. */
    LeaseRecord renewed(Instant now) {
        return new LeaseRecord(holder, duration, acquired, later(now), transitions);
    }

    /** Somebody else takes it. */
    LeaseRecord taken(String by, Duration lease, Instant now) {
        return new LeaseRecord(by, lease, now, later(now), transitions == Integer.MAX_VALUE ? 0 : transitions + 1);
    }

    /** The holder gives it back. */
    LeaseRecord givenBack(Instant now) {
        return new LeaseRecord("", GIVEN_BACK, now, later(now), transitions);
    }

    private Instant later(Instant now) {
        Instant next = renewed.plus(1, ChronoUnit.MICROS);
        return now.isAfter(next) ? now : next;
    }
}

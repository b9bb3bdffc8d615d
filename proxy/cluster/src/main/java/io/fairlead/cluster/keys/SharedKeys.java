package io.fairlead.cluster.keys;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.PrivateBytes;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The keys that replicas of the ingress share: what one wrote, another reads. They are one entry of a Secret, a line for
 * each key:
 *
 * <pre>
 * tickets current 2026-11-22T08:00:00Z 3q2+7w...
 * tickets old 2026-11-22T00:00:00Z kT9fAA...
 * cookies current 2026-11-22T08:00:00Z zH0Qpw...
 * </pre>
 *
 * <p>Immutable.
 *
 * @param tickets for session tickets of TLS
 * @param cookies for signing cookies
 */
public record SharedKeys(KeyRing tickets, KeyRing cookies) {

    public static final ClusterKind KIND = ClusterKind.other("Secret", "v1", "secrets", true);

    /** {@code type} of the Secret. */
    public static final String TYPE = "fairlead.io/shared-keys";

    /** The entry of {@code data} that holds them. */
    public static final String ENTRY = "keys";

    /** Of the text: more than any keys need. */
    private static final int BYTES_MAX = 64 << 10;

    /** What keys are for. Immutable. */
    public enum Purpose {
        TICKETS,
        COOKIES;

        /** As in the text, and in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Reads the text of the entry.
     *
     * @throws IllegalArgumentException if it is not such a text; the message names the line, and nothing that is in it
     */
    public static SharedKeys parse(PrivateBytes text) {
        byte[] bytes = text.toBytes();
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException("it has " + bytes.length + " bytes; the limit is " + BYTES_MAX);
        }
        Map<Purpose, List<SharedKey>> keys = new EnumMap<>(Purpose.class);
        int number = 0;
        for (String line : new String(bytes, StandardCharsets.US_ASCII).split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                String[] words = line.strip().split(" ", -1);
                if (words.length != 4) {
                    throw new IllegalArgumentException("line " + number + " has " + words.length + " words, not 4");
                }
                Purpose purpose = word(Purpose.class, words[0], "the purpose", number);
                keys.computeIfAbsent(purpose, _ -> new ArrayList<>()).add(key(words, number));
            }
        }
        return new SharedKeys(ring(keys, Purpose.TICKETS), ring(keys, Purpose.COOKIES));
    }

    private static SharedKey key(String[] words, int line) {
        SharedKey.Role role = word(SharedKey.Role.class, words[1], "the role", line);
        try {
            byte[] secret = Base64.getDecoder().decode(words[3]);
            if (secret.length == SharedKey.BYTES) {
                return new SharedKey(role, Instant.parse(words[2]), PrivateBytes.of(secret));
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            // Said below, without the text that the exception quotes.
        }
        throw new IllegalArgumentException(
                "line " + line + " has no time of UTC, or no " + SharedKey.BYTES + " bytes in base64");
    }

    private static <E extends Enum<E>> E word(Class<E> type, String word, String what, int line) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(word)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(what + " in line " + line + " is none that is known");
    }

    private static KeyRing ring(Map<Purpose, List<SharedKey>> keys, Purpose purpose) {
        try {
            return new KeyRing(keys.getOrDefault(purpose, List.of()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(purpose.label() + ": " + e.getMessage());
        }
    }

    public KeyRing ring(Purpose purpose) {
        return switch (purpose) {
            case TICKETS -> tickets;
            case COOKIES -> cookies;
        };
    }

    /** The text of the entry. */
    public PrivateBytes toText() {
        StringBuilder text = new StringBuilder();
        for (Purpose purpose : Purpose.values()) {
            for (SharedKey key : ring(purpose).keys()) {
                text.append(purpose.label())
                        .append(' ')
                        .append(key.role().name().toLowerCase(Locale.ROOT))
                        .append(' ')
                        .append(key.since().truncatedTo(ChronoUnit.SECONDS))
                        .append(' ')
                        .append(Base64.getEncoder().encodeToString(key.secret().toBytes()))
                        .append('\n');
            }
        }
        return PrivateBytes.of(text.toString().getBytes(StandardCharsets.US_ASCII));
    }
}

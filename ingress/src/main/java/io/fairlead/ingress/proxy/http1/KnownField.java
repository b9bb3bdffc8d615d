package io.fairlead.ingress.proxy.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Fields that the proxy itself reads, drops or writes. Each concerns one hop or the head as a whole, so none of them is
 * allowed in trailers (RFC 9110 section 6.5.1).
 *
 * <p>Immutable.
 */
public enum KnownField {
    /** Any field that is not listed here. */
    OTHER,
    HOST,
    CONNECTION,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    TE,
    TRAILER,
    UPGRADE,
    EXPECT,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    /** Not a field of HTTP: CGI programs would take it for their proxy's address. */
    PROXY,
    COOKIE,
    AUTHORIZATION,
    USER_AGENT,
    REFERER,
    FORWARDED,
    X_FORWARDED_FOR,
    X_FORWARDED_HOST,
    X_FORWARDED_PROTO,
    X_FORWARDED_PORT,
    X_FORWARDED_SCHEME,
    X_FORWARDED_PREFIX,
    X_ORIGINAL_FORWARDED_FOR,
    X_REAL_IP,
    X_REQUEST_ID,
    X_SCHEME,
    SET_COOKIE,
    LOCATION;

    private static final int SLOTS = 64;
    private static final KnownField[] BY_SLOT = slots();

    @SuppressWarnings("ImmutableEnumChecker") // An array, but nobody writes into it.
    private final byte[] lower;

    KnownField() {
        lower = name().toLowerCase(Locale.ROOT).replace('_', '-').getBytes(StandardCharsets.US_ASCII);
    }

    /** This field's bit in a set of fields. */
    public long bit() {
        return 1L << ordinal();
    }

    /** The set of these fields. */
    public static long set(KnownField... fields) {
        long set = 0;
        for (KnownField field : fields) {
            set |= field.bit();
        }
        return set;
    }

    /** Hot path: which field a name is, whatever its case; the name must be a token. */
    public static KnownField of(byte[] text, int from, int to) {
        if (to - from < 2) {
            return OTHER;
        }
        KnownField field = BY_SLOT[slot(to - from, text[from], text[to - 2], text[to - 1])];
        return HttpBytes.tokenIs(text, from, to, field.lower) ? field : OTHER;
    }

    /** The factors were searched for, so that no two of the names above meet; the slots' making checks it. */
    private static int slot(int length, byte first, byte lastButOne, byte last) {
        return (length + (first | 0x20) * 16 + (lastButOne | 0x20) * 6 + (last | 0x20)) & (SLOTS - 1);
    }

    private static KnownField[] slots() {
        KnownField[] slots = new KnownField[SLOTS];
        Arrays.fill(slots, OTHER);
        for (KnownField field : values()) {
            byte[] name = field.lower;
            int slot = slot(name.length, name[0], name[name.length - 2], name[name.length - 1]);
            if (field != OTHER && slots[slot] != OTHER) {
                throw new IllegalStateException(field + " and " + slots[slot] + " have one slot");
            }
            slots[slot] = field == OTHER ? slots[slot] : field;
        }
        return slots;
    }
}

package io.fairlead.ingress.proxy.http2;

import io.fairlead.ingress.proxy.http1.HttpBytes;
import java.nio.charset.StandardCharsets;

/**
 * The names of fields in the static table of HPACK (RFC 7541, appendix A).
 *
 * <p>Immutable.
 */
final class StaticTable {

    /** The index of the first name below; those before it are pseudo-header fields. */
    private static final int FIRST = 15;

    private static final String[] NAMES = {
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "accept",
        "access-control-allow-origin",
        "age",
        "allow",
        "authorization",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-location",
        "content-range",
        "content-type",
        "cookie",
        "date",
        "etag",
        "expect",
        "expires",
        "from",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "last-modified",
        "link",
        "location",
        "max-forwards",
        "proxy-authenticate",
        "proxy-authorization",
        "range",
        "referer",
        "refresh",
        "retry-after",
        "server",
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
        "user-agent",
        "vary",
        "via",
        "www-authenticate"
    };

    private static final int SLOTS = 128;
    private static final byte[][] NAME_OF_SLOT = new byte[SLOTS][];
    private static final int[] INDEX_OF_SLOT = new int[SLOTS];

    static {
        for (int i = 0; i < NAMES.length; i++) {
            byte[] name = NAMES[i].getBytes(StandardCharsets.US_ASCII);
            int slot = slot(name, 0, name.length);
            while (INDEX_OF_SLOT[slot] != 0) {
                slot = slot + 1 & SLOTS - 1;
            }
            NAME_OF_SLOT[slot] = name;
            INDEX_OF_SLOT[slot] = FIRST + i;
        }
    }

    private StaticTable() {}

    private static int slot(byte[] text, int from, int to) {
        int length = to - from;
        int first = text[from] | 0x20;
        int middle = text[from + length / 2] | 0x20;
        int last = text[to - 1] | 0x20;
        return length * 5 + first * 3 + middle * 17 + last * 11 & SLOTS - 1;
    }

    /** Hot path: the index of a name, whatever its case; 0 if the table has none. The name is a token. */
    static int nameIndex(byte[] text, int from, int to) {
        int slot = slot(text, from, to);
        while (INDEX_OF_SLOT[slot] != 0) {
            if (HttpBytes.tokenIs(text, from, to, NAME_OF_SLOT[slot])) {
                return INDEX_OF_SLOT[slot];
            }
            slot = slot + 1 & SLOTS - 1;
        }
        return 0;
    }
}

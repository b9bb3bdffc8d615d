package io.fairlead.ingress.proxy.http1;

/**
 * What Connection says (RFC 9110 section 7.6.1): options of its own, and names of fields that concern this hop only.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class ConnectionOptions {

    /** Real clients send two or three; each costs a look at every field. */
    private static final int OPTIONS_MAX = 16;

    private static final byte[] CLOSE = {'c', 'l', 'o', 's', 'e'};
    private static final byte[] KEEP_ALIVE = {'k', 'e', 'e', 'p', '-', 'a', 'l', 'i', 'v', 'e'};
    private static final byte[] UPGRADE = {'u', 'p', 'g', 'r', 'a', 'd', 'e'};

    private static final long MUST_NOT_BE_NOMINATED =
            KnownField.set(KnownField.HOST, KnownField.CONTENT_LENGTH, KnownField.TRANSFER_ENCODING, KnownField.EXPECT);

    private final int[] nominated = new int[2 * OPTIONS_MAX];
    private int nominatedCount;
    private int seen;
    private boolean close;
    private boolean keepAlive;
    private boolean upgrade;

    void clear() {
        nominatedCount = 0;
        seen = 0;
        close = false;
        keepAlive = false;
        upgrade = false;
    }

    /** Adds the elements of one Connection field; empty ones are skipped (RFC 9110 section 5.6.1.2). */
    HeadFault add(byte[] text, int from, int to) {
        int at = from;
        while (at < to) {
            int end = HttpBytes.tokenEnd(text, at, to);
            int next = end;
            while (next < to && HttpBytes.isOws(text[next])) {
                next++;
            }
            if (next < to && text[next] != ',') {
                return HeadFault.BAD_CONNECTION;
            }
            if (++seen > OPTIONS_MAX) {
                return HeadFault.TOO_MANY_OPTIONS;
            }
            if (end > at) {
                addToken(text, at, end);
            }
            at = next + 1;
            while (at < to && HttpBytes.isOws(text[at])) {
                at++;
            }
        }
        return HeadFault.NONE;
    }

    private void addToken(byte[] text, int from, int to) {
        if (HttpBytes.tokenIs(text, from, to, CLOSE)) {
            close = true;
        } else if (HttpBytes.tokenIs(text, from, to, KEEP_ALIVE)) {
            keepAlive = true;
        } else if (HttpBytes.tokenIs(text, from, to, UPGRADE)) {
            upgrade = true;
        } else {
            nominated[2 * nominatedCount] = from;
            nominated[2 * nominatedCount + 1] = to;
            nominatedCount++;
        }
    }

    /** What stood at this place and behind it, stands elsewhere. */
    void move(int from, int distance) {
        for (int i = 0; i < 2 * nominatedCount; i++) {
            nominated[i] += nominated[i] >= from ? distance : 0;
        }
    }

    /** Whether dropping the field would change what the message is. */
    static boolean mustNotNominate(KnownField field) {
        return (MUST_NOT_BE_NOMINATED & field.bit()) != 0;
    }

    boolean close() {
        return close;
    }

    boolean keepAlive() {
        return keepAlive;
    }

    boolean upgrade() {
        return upgrade;
    }

    /** How many options are names of fields. */
    int nominated() {
        return nominatedCount;
    }

    int from(int option) {
        return nominated[2 * option];
    }

    int to(int option) {
        return nominated[2 * option + 1];
    }
}

package io.fairlead.ingress.proxy.http1;

import java.util.Arrays;

/**
 * Finds the lines of a head, and its end, in bytes that arrive in pieces of any size. Only CR LF ends a line: a bare CR
 * or LF is refused, and so is every other control byte but HTAB (RFC 9112 sections 2.2 and 4, RFC 9110 section 5.5). A
 * byte is looked at once; a CR at the end of a piece twice.
 *
 * <p>Requests of one connection mostly have the same fields, to the byte, or but for one value. So those of the last head
 * are remembered, and compared when the start line has ended: equal bytes were found well before and need no second
 * scan. What differs must be the value of one field that says nothing about framing or the connection.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class HeadLines {

    /** Bytes of fields that a connection remembers; most heads of browsers have less. */
    private static final int REMEMBERED_MAX = 2048;

    private static final int NOTHING = -1;

    private final HeadLimits limits;
    /** Those of the last head, as long as it is remembered. */
    private final HeadFields last;
    /** Where lines start; the last is where the empty line starts, when it was found. */
    private final int[] starts;

    private int count;
    private int begin;
    private int position;
    private boolean emptyLineAllowed;
    private HeadFault fault = HeadFault.NONE;

    /** All from behind the start line to behind the empty line. */
    private byte[] remembered = {};

    private int rememberedLength;
    private int rememberedCount;
    private boolean repeated;
    private int changed = NOTHING;
    private int changedEnd;

    /** @param last what the owner reads the fields of a head into, if heads are to be remembered */
    HeadLines(HeadLimits limits, HeadFields last) {
        this.limits = limits;
        this.last = last;
        this.starts = new int[limits.fieldsMax() + 2];
    }

    /**
     * Begins a head at an offset.
     *
     * @param afterAnother whether another message came before on this connection: then one CR LF in between is skipped
     *     (RFC 9112 section 2.2: some clients write one after a body)
     */
    void begin(int from, boolean afterAnother) {
        begin = from;
        position = from;
        starts[0] = from;
        count = 0;
        emptyLineAllowed = afterAnother;
        fault = HeadFault.NONE;
        repeated = false;
        changed = NOTHING;
    }

    /** Hot path: goes on with all bytes up to {@code to}; what was before must still be where it was. */
    Progress scan(byte[] text, int to) {
        while (true) {
            int bound = Math.min(to, limit());
            int at = HttpBytes.control(text, position, bound);
            if (at == bound || (text[at] == HttpBytes.CR && at + 1 == bound)) {
                position = at;
                return bound == limit() ? refuse(tooLong()) : Progress.MORE;
            }
            position = at + 1;
            if (text[at] == HttpBytes.HTAB) {
                continue;
            }
            if (text[at] != HttpBytes.CR || text[at + 1] != HttpBytes.LF) {
                return refuse(badByte(text[at]));
            }
            position = at + 2;
            Progress progress = lineEnded(at);
            if (progress != Progress.MORE) {
                return progress;
            }
            if (count == 1 && repeats(text, to)) {
                return Progress.COMPLETE;
            }
        }
    }

    private Progress lineEnded(int at) {
        if (at > starts[count]) {
            if (count + 1 == starts.length) {
                return refuse(HeadFault.TOO_MANY_FIELDS);
            }
            starts[++count] = position;
            return Progress.MORE;
        }
        if (count > 0) {
            return Progress.COMPLETE;
        }
        if (!emptyLineAllowed) {
            return refuse(HeadFault.EMPTY_LINE);
        }
        begin(position, false);
        return Progress.MORE;
    }

    /**
     * Whether what is remembered follows, whole or but for one value; then the head is complete. Tried once in a head,
     * with what came so far.
     */
    private boolean repeats(byte[] text, int to) {
        if (rememberedLength == 0) {
            return false;
        }
        int bound = Math.min(to, limit());
        int end = position + rememberedLength;
        int differs = Arrays.mismatch(text, position, Math.min(end, bound), remembered, 0, rememberedLength);
        repeated = differs < 0 || (position + differs < bound && repeatsButFor(text, differs, bound));
        if (repeated) {
            position = differs < 0 ? end : changedEnd + 2 + rememberedLength - last.lineOffset(changed + 1);
            count = rememberedCount;
        }
        return repeated;
    }

    private boolean repeatsButFor(byte[] text, int differs, int bound) {
        int field = last.fieldWithValueAt(differs);
        if (field < 0) {
            return false;
        }
        // The whole value: a line end may begin before what differs.
        int end = HttpBytes.control(text, position + last.valueOffset(field), bound);
        while (end < bound && text[end] == HttpBytes.HTAB) {
            end = HttpBytes.control(text, end + 1, bound);
        }
        int rest = last.lineOffset(field + 1);
        int restEnd = end + 2 + rememberedLength - rest;
        if (restEnd > bound || text[end] != HttpBytes.CR || text[end + 1] != HttpBytes.LF) {
            return false;
        }
        if (!Arrays.equals(text, end + 2, restEnd, remembered, rest, rememberedLength)) {
            return false;
        }
        changed = field;
        changedEnd = end;
        return true;
    }

    /** Remembers the fields of the head that was found complete; they must have been found well, too. */
    void remember(byte[] text) {
        int length = position - starts[1];
        rememberedLength = count > 1 && length <= REMEMBERED_MAX ? length : 0;
        rememberedCount = count;
        if (rememberedLength > remembered.length) {
            remembered = new byte[Math.min(REMEMBERED_MAX, 2 * length)];
        }
        System.arraycopy(text, starts[1], remembered, 0, rememberedLength);
    }

    /** Forgets what is remembered. */
    void forget() {
        rememberedLength = 0;
    }

    /**
     * Whether the fields of the head that was found complete are those remembered, but for {@link #changed}; then only
     * the start line has a place.
     */
    boolean repeated() {
        return repeated;
    }

    /** The field whose value is another one than in the last head; negative for none. */
    int changed() {
        return changed;
    }

    /** Where the CR behind that value stands. */
    int changedEnd() {
        return changedEnd;
    }

    /** Where the head must have ended, or the start line as long as that is awaited. */
    private int limit() {
        int headEnd = begin + limits.headBytesMax();
        return count > 0 ? headEnd : Math.min(headEnd, begin + limits.startLineBytesMax() + 2);
    }

    private HeadFault tooLong() {
        return count > 0 || limits.startLineBytesMax() + 2 > limits.headBytesMax()
                ? HeadFault.HEAD_TOO_LARGE
                : HeadFault.START_LINE_TOO_LONG;
    }

    private static HeadFault badByte(byte b) {
        return switch (b) {
            case HttpBytes.CR -> HeadFault.BARE_CR;
            case HttpBytes.LF -> HeadFault.BARE_LF;
            default -> HeadFault.CONTROL_BYTE;
        };
    }

    private Progress refuse(HeadFault why) {
        fault = why;
        return Progress.REFUSED;
    }

    HeadFault fault() {
        return fault;
    }

    /** Lines, the start line included and the empty line not. */
    int count() {
        return count;
    }

    int start(int line) {
        return starts[line];
    }

    /** Where a line's CR stands. */
    int end(int line) {
        return starts[line + 1] - 2;
    }

    /** Behind the empty line; only when it was found. */
    int headEnd() {
        return position;
    }
}

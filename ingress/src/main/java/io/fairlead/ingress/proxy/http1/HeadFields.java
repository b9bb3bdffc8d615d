package io.fairlead.ingress.proxy.http1;

import java.util.Arrays;

/**
 * The fields of a head as places in its text, and what they say together about framing and the connection. The text
 * stays the connection's: nothing here may be asked once it changed.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class HeadFields {

    /** Of a message without trailers. */
    public static final HeadFields NONE = new HeadFields(0);

    private static final byte[] CHUNKED = {'c', 'h', 'u', 'n', 'k', 'e', 'd'};
    private static final byte[] TRAILERS = {'t', 'r', 'a', 'i', 'l', 'e', 'r', 's'};
    private static final byte[] CONTINUE = {'1', '0', '0', '-', 'c', 'o', 'n', 't', 'i', 'n', 'u', 'e'};

    /** Digits that a length below 2^63 can have. */
    private static final int LENGTH_DIGITS_MAX = 19;

    /** Places of a field: its line's start, its colon, its value's start and end, its line's end behind the CR LF. */
    private static final int PLACES = 5;

    /** Fields that {@link #note} learns more from than that they are there. */
    private static final long SAYS_MORE = KnownField.set(
            KnownField.CONTENT_LENGTH,
            KnownField.TRANSFER_ENCODING,
            KnownField.EXPECT,
            KnownField.CONNECTION,
            KnownField.TE);

    private final int[] places;
    private final KnownField[] known;
    private final boolean[] dropped;
    private final ConnectionOptions options = new ConnectionOptions();

    private byte[] text = {};
    private int count;
    private long present;
    private long length;
    private boolean acceptsTrailers;

    HeadFields(int fieldsMax) {
        places = new int[fieldsMax * PLACES];
        known = new KnownField[fieldsMax];
        dropped = new boolean[fieldsMax];
    }

    /** Hot path: scans the lines from this one on. */
    HeadFault scan(byte[] head, HeadLines lines, int firstLine) {
        text = head;
        count = 0;
        present = 0;
        length = -1;
        acceptsTrailers = false;
        options.clear();
        int last = lines.count();
        if (last - firstLine > known.length) {
            return HeadFault.TOO_MANY_FIELDS;
        }
        for (int line = firstLine; line < last; line++) {
            HeadFault fault = field(head, lines.start(line), lines.end(line));
            if (fault != HeadFault.NONE) {
                return fault;
            }
        }
        if (contains(KnownField.CONTENT_LENGTH) && contains(KnownField.TRANSFER_ENCODING)) {
            return HeadFault.LENGTH_AND_CODING;
        }
        return dropNominated();
    }

    /**
     * Hot path: the same lines stand elsewhere, or in another array, and perhaps one of them has another value; nothing
     * is dropped but what Connection nominates.
     */
    void moveTo(byte[] head, HeadLines lines) {
        int distance = lines.start(1) - places[0];
        int changed = lines.changed();
        int behind = (changed < 0 ? count : changed + 1) * PLACES;
        text = head;
        for (int i = 0; i < behind; i++) {
            places[i] += distance;
        }
        int grown = 0;
        if (changed >= 0) {
            int lineTo = lineTo(changed);
            grown = lines.changedEnd() + 2 - lineTo;
            options.move(lineTo - distance, grown);
            value(head, changed, lines.changedEnd());
        }
        for (int i = behind; i < count * PLACES; i++) {
            places[i] += distance + grown;
        }
        options.move(0, distance);
        Arrays.fill(dropped, 0, count, false);
        dropNominated();
    }

    /** Where a field's line starts, from the start of all lines; behind the last field, where that line ends. */
    int lineOffset(int field) {
        return (field < count ? nameFrom(field) : lineTo(count - 1)) - places[0];
    }

    /** Where a field's value may start, likewise. */
    int valueOffset(int field) {
        return nameTo(field) + 1 - places[0];
    }

    /**
     * The field in whose value, or the end of whose line, this offset is; negative if there is none, or its value says
     * something about framing or the connection.
     */
    int fieldWithValueAt(int offset) {
        int field = 0;
        while (field < count && lineOffset(field + 1) <= offset) {
            field++;
        }
        boolean free = field < count && offset >= valueOffset(field) && (known[field].bit() & SAYS_MORE) == 0;
        return free ? field : -1;
    }

    private HeadFault field(byte[] head, int from, int end) {
        int colon = HttpBytes.tokenEnd(head, from, end);
        if (colon == from || colon == end || head[colon] != ':') {
            return badName(head, from, colon, end);
        }
        int field = count++;
        places[field * PLACES] = from;
        places[field * PLACES + 1] = colon;
        value(head, field, end);
        dropped[field] = false;
        KnownField name = KnownField.of(head, from, colon);
        known[field] = name;
        return name == KnownField.OTHER ? HeadFault.NONE : note(name, head, valueFrom(field), valueTo(field));
    }

    /** Finds the value between the colon and the end of the line. */
    private void value(byte[] head, int field, int end) {
        int from = nameTo(field) + 1;
        while (from < end && HttpBytes.isOws(head[from])) {
            from++;
        }
        int to = end;
        while (to > from && HttpBytes.isOws(head[to - 1])) {
            to--;
        }
        places[field * PLACES + 2] = from;
        places[field * PLACES + 3] = to;
        places[field * PLACES + 4] = end + 2;
    }

    private static HeadFault badName(byte[] head, int from, int nameTo, int end) {
        if (HttpBytes.isOws(head[from])) {
            return HeadFault.OBS_FOLD;
        }
        if (nameTo == end) {
            return HeadFault.NO_COLON;
        }
        return nameTo > from && HttpBytes.isOws(head[nameTo]) ? HeadFault.SPACE_BEFORE_COLON : HeadFault.BAD_FIELD_NAME;
    }

    private HeadFault note(KnownField name, byte[] head, int from, int to) {
        boolean again = (present & name.bit()) != 0;
        present |= name.bit();
        return switch (name) {
            case HOST -> again ? HeadFault.SEVERAL_HOSTS : HeadFault.NONE;
            case CONTENT_LENGTH -> again ? HeadFault.SEVERAL_LENGTHS : length(head, from, to);
            case TRANSFER_ENCODING -> again ? HeadFault.SEVERAL_CODINGS : coding(head, from, to);
            case EXPECT ->
                again || !HttpBytes.is(head, from, to, CONTINUE) ? HeadFault.BAD_EXPECTATION : HeadFault.NONE;
            case CONNECTION -> options.add(head, from, to);
            case TE -> {
                acceptsTrailers |= HttpBytes.is(head, from, to, TRAILERS);
                yield HeadFault.NONE;
            }
            // The others say nothing about framing or the connection.
            default -> HeadFault.NONE;
        };
    }

    private static HeadFault coding(byte[] head, int from, int to) {
        return HttpBytes.is(head, from, to, CHUNKED) ? HeadFault.NONE : HeadFault.UNKNOWN_CODING;
    }

    private HeadFault length(byte[] head, int from, int to) {
        if (from == to || to - from > LENGTH_DIGITS_MAX) {
            return HeadFault.BAD_LENGTH;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (!HttpBytes.isDigit(head[i])) {
                return HeadFault.BAD_LENGTH;
            }
            value = value * 10 + (head[i] - '0');
        }
        // Nineteen digits overflow once at most, into the sign.
        length = value;
        return value < 0 ? HeadFault.BAD_LENGTH : HeadFault.NONE;
    }

    private HeadFault dropNominated() {
        for (int option = 0; option < options.nominated(); option++) {
            int from = options.from(option);
            int to = options.to(option);
            if (ConnectionOptions.mustNotNominate(KnownField.of(text, from, to))) {
                return HeadFault.NOMINATES_FRAMING;
            }
            for (int i = 0; i < count; i++) {
                dropped[i] |= HttpBytes.same(text, nameFrom(i), nameTo(i), from, to);
            }
        }
        return HeadFault.NONE;
    }

    /** How many fields there are, dropped ones included. */
    public int count() {
        return count;
    }

    /** The text that all places are in. */
    public byte[] text() {
        return text;
    }

    public KnownField known(int field) {
        return known[field];
    }

    public int nameFrom(int field) {
        return places[field * PLACES];
    }

    public int nameTo(int field) {
        return places[field * PLACES + 1];
    }

    /** Where the value starts, white space around it left out. */
    public int valueFrom(int field) {
        return places[field * PLACES + 2];
    }

    public int valueTo(int field) {
        return places[field * PLACES + 3];
    }

    /** Where the field's line ends, behind its CR LF. */
    int lineTo(int field) {
        return places[field * PLACES + 4];
    }

    public boolean contains(KnownField field) {
        return (present & field.bit()) != 0;
    }

    /** The first field of this name, or -1. */
    public int indexOf(KnownField field) {
        if (!contains(field)) {
            return -1;
        }
        int i = 0;
        while (known[i] != field) {
            i++;
        }
        return i;
    }

    /** Whether a field goes no further: Connection nominated it, or {@link #drop} was called. */
    public boolean isDropped(int field) {
        return dropped[field];
    }

    /** Keeps a field from going on. */
    public void drop(int field) {
        dropped[field] = true;
    }

    /** What Content-Length says, or -1 if there is none. */
    public long contentLength() {
        return length;
    }

    /** Whether Transfer-Encoding is there, which then says {@code chunked}. */
    public boolean chunked() {
        return contains(KnownField.TRANSFER_ENCODING);
    }

    /** Forgets what Content-Length said, so that {@link ForwardedHead#end} writes none. */
    void dropLength() {
        length = -1;
    }

    /** Whether TE says {@code trailers} (RFC 9110 section 10.1.4). */
    public boolean acceptsTrailers() {
        return acceptsTrailers;
    }

    boolean close() {
        return options.close();
    }

    boolean keepAlive() {
        return options.keepAlive();
    }

    boolean upgrade() {
        return options.upgrade();
    }

    /** Whether the name stands exactly once. */
    boolean single(KnownField field) {
        int first = indexOf(field);
        for (int i = first + 1; first >= 0 && i < count; i++) {
            if (known[i] == field) {
                return false;
            }
        }
        return first >= 0;
    }
}

package io.fairlead.ingress.proxy.http1;

/**
 * The fields behind a message's content (RFC 9110 section 6.5), scanned as strictly as those before it. A field that
 * belongs into the head is refused: whoever merges both would take it for one of the head.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class Trailers {

    /** Bytes of the whole section, its empty line included. */
    public static final int BYTES_MAX = 8 * 1024;

    private static final HeadLimits LIMITS = new HeadLimits(BYTES_MAX, BYTES_MAX, 64);

    private final HeadFields fields = new HeadFields(LIMITS.fieldsMax());
    private final HeadLines lines = new HeadLines(LIMITS, fields);
    private HeadFault fault = HeadFault.NONE;

    /** Begins a section at the start of the text that {@link #scan} gets. */
    public void begin() {
        lines.begin(0, false);
        fault = HeadFault.NONE;
    }

    /** Goes on with all bytes up to {@code to}; a section without fields is refused. */
    public Progress scan(byte[] text, int to) {
        Progress progress = lines.scan(text, to);
        if (progress == Progress.MORE) {
            return progress;
        }
        fault = progress == Progress.REFUSED ? lines.fault() : check(text);
        return fault == HeadFault.NONE ? Progress.COMPLETE : Progress.REFUSED;
    }

    private HeadFault check(byte[] text) {
        HeadFault found = fields.scan(text, lines, 0);
        for (int i = 0; found == HeadFault.NONE && i < fields.count(); i++) {
            found = fields.known(i) == KnownField.OTHER ? found : HeadFault.TRAILER_NOT_ALLOWED;
        }
        return found;
    }

    /** What is wrong; {@link HeadFault#NONE} unless the last scan refused. */
    public HeadFault fault() {
        return fault;
    }

    /** Behind the empty line; only when it was found. */
    int end() {
        return lines.headEnd();
    }

    /** The fields of a complete section. */
    public HeadFields fields() {
        return fields;
    }
}

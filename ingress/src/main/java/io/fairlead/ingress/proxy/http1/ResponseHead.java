package io.fairlead.ingress.proxy.http1;

/**
 * The head of a backend's answer, scanned strictly (RFC 9112 sections 4 to 6). One is reused for all answers of a
 * connection: {@link #begin}, {@link #scan} until it is complete, then the accessors. Whatever is refused is a 502 to
 * the client, with the fault's reason, and the end of the connection.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class ResponseHead implements MessageHead {

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final HeadLines lines;
    private final HeadFields fields;

    private HeadFault fault = HeadFault.NONE;
    private RequestMethod method = RequestMethod.OTHER;
    private Framing framing = Framing.NONE;
    private int status;
    private int statusFrom;
    private int reasonFrom;
    private int reasonTo;
    private int upgradeField;
    private boolean http11;
    private boolean persistent;

    public ResponseHead(HeadLimits limits) {
        fields = new HeadFields(limits.fieldsMax());
        lines = new HeadLines(limits, fields);
    }

    /**
     * Begins a head. An empty line before it is refused: what follows an answer unasked is nobody's.
     *
     * @param from where it starts in the text that {@link #scan} gets
     * @param request the method that is answered: an answer to HEAD has no body
     */
    public void begin(int from, RequestMethod request) {
        lines.begin(from, false);
        method = request;
        fault = HeadFault.NONE;
    }

    /**
     * Hot path: goes on with all bytes up to {@code to}. What was given before must stand where it stood, in this array
     * or a larger copy.
     */
    @Override
    public Progress scan(byte[] text, int to) {
        Progress progress = lines.scan(text, to);
        if (progress == Progress.MORE) {
            return progress;
        }
        fault = progress == Progress.REFUSED ? lines.fault() : complete(text);
        return fault == HeadFault.NONE ? Progress.COMPLETE : Progress.REFUSED;
    }

    private HeadFault complete(byte[] text) {
        HeadFault found = statusLine(text, lines.start(0), lines.end(0));
        if (found == HeadFault.NONE) {
            found = fields.scan(text, lines, 1);
        }
        if (found == HeadFault.NONE && !http11 && fields.chunked()) {
            found = HeadFault.CODING_BEFORE_HTTP11;
        }
        return found == HeadFault.NONE ? frame() : found;
    }

    /** Some servers leave out the space before a reason that they leave out; nothing can be mistaken by that. */
    private HeadFault statusLine(byte[] text, int from, int to) {
        int versionTo = from + HttpVersion.LENGTH;
        int codeTo = versionTo + 4;
        if (codeTo > to || text[versionTo] != ' ' || (codeTo < to && text[codeTo] != ' ')) {
            return HeadFault.BAD_STATUS_LINE;
        }
        int version = HttpVersion.of(text, from, versionTo);
        if (version == HttpVersion.BAD) {
            return HeadFault.BAD_VERSION;
        }
        if (version == HttpVersion.OTHER) {
            return HeadFault.VERSION_NOT_SERVED;
        }
        http11 = version == HttpVersion.HTTP_11;
        statusFrom = versionTo + 1;
        status = 0;
        for (int i = statusFrom; i < codeTo; i++) {
            if (!HttpBytes.isDigit(text[i])) {
                return HeadFault.BAD_STATUS_LINE;
            }
            status = status * 10 + (text[i] - '0');
        }
        reasonFrom = Math.min(codeTo + 1, to);
        reasonTo = to;
        return status < 100 ? HeadFault.BAD_STATUS_LINE : HeadFault.NONE;
    }

    /** RFC 9112 section 6.3; the order of its rules is the order here. */
    private HeadFault frame() {
        persistent = !fields.close() && (http11 || fields.keepAlive());
        boolean switches = status == SWITCHING_PROTOCOLS && fields.upgrade() && fields.single(KnownField.UPGRADE);
        upgradeField = switches ? fields.indexOf(KnownField.UPGRADE) : -1;
        framing = Framing.NONE;
        if (status < OK || status == NO_CONTENT) {
            return withoutBody();
        }
        if (method == RequestMethod.HEAD || status == NOT_MODIFIED) {
            return HeadFault.NONE;
        }
        if (fields.chunked()) {
            framing = Framing.CHUNKED;
        } else if (fields.contentLength() >= 0) {
            framing = Framing.LENGTH;
        } else {
            framing = Framing.UNTIL_CLOSE;
            persistent = false;
        }
        return HeadFault.NONE;
    }

    /**
     * RFC 9110 section 8.6 and RFC 9112 section 6.1: no framing fields here. A length of 0 is common after a
     * 204, and true.
     */
    private HeadFault withoutBody() {
        boolean announces = fields.chunked() || fields.contentLength() > 0;
        fields.dropLength();
        return announces ? HeadFault.BODY_NOT_ALLOWED : HeadFault.NONE;
    }

    /** What is wrong; {@link HeadFault#NONE} unless the last scan refused. */
    public HeadFault fault() {
        return fault;
    }

    /** Behind the head: where the body, or the final answer after an informational one, begins. */
    @Override
    public int end() {
        return lines.headEnd();
    }

    /** 100 to 999. */
    public int status() {
        return status;
    }

    /** Where the three digits of the status are. */
    int statusFrom() {
        return statusFrom;
    }

    public int reasonFrom() {
        return reasonFrom;
    }

    public int reasonTo() {
        return reasonTo;
    }

    /** Whether another answer to the same request follows (1xx, but for 101, after which HTTP ends). */
    public boolean informational() {
        return status < OK && status != SWITCHING_PROTOCOLS;
    }

    /** HTTP/1.1, and not 1.0. */
    public boolean isHttp11() {
        return http11;
    }

    public HeadFields fields() {
        return fields;
    }

    public Framing framing() {
        return framing;
    }

    /** Whether the connection may carry another request after this answer's body. */
    public boolean persistent() {
        return persistent;
    }

    /** The Upgrade field of a proper 101, else -1. Nothing of it goes on unless it is written anew. */
    public int upgradeField() {
        return upgradeField;
    }
}

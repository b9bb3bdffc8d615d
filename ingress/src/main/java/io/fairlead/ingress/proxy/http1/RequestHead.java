package io.fairlead.ingress.proxy.http1;

/**
 * The head of a request, scanned strictly (RFC 9112 sections 2 to 6). One is reused for all requests of a connection:
 * {@link #begin}, {@link #scan} until it is complete, then the accessors, whose places are in the scanned text.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class RequestHead implements MessageHead {

    /** What the request target was (RFC 9112 section 3.2). */
    public enum TargetForm {
        ORIGIN,
        ABSOLUTE,
        ASTERISK
    }

    private static final byte[] HTTP = {'h', 't', 't', 'p', ':', '/', '/'};
    private static final byte[] HTTPS = {'h', 't', 't', 'p', 's', ':', '/', '/'};
    private static final byte[] HTTP2 = {'h', '2', 'c'};
    private static final byte[] WEBSOCKET = {'w', 'e', 'b', 's', 'o', 'c', 'k', 'e', 't'};

    private static final int METHOD_BYTES_MAX = 32;

    private final HeadLines lines;
    private final HeadFields fields;

    private HeadFault fault = HeadFault.NONE;
    private RequestMethod method = RequestMethod.OTHER;
    private TargetForm form = TargetForm.ORIGIN;
    private int methodFrom;
    private int methodTo;
    private int targetFrom;
    private int targetTo;
    private int pathFrom;
    private int hostFrom;
    private int hostTo;
    private int hostNameTo;
    private int upgradeField;
    private boolean http11;
    private boolean expectsContinue;

    public RequestHead(HeadLimits limits) {
        fields = new HeadFields(limits.fieldsMax());
        lines = new HeadLines(limits, fields);
    }

    /**
     * Begins a head.
     *
     * @param from where it starts in the text that {@link #scan} gets
     * @param afterAnother whether it is not the first of its connection: one CR LF may stand in between
     */
    public void begin(int from, boolean afterAnother) {
        lines.begin(from, afterAnother);
        fault = HeadFault.NONE;
        // What a head that is refused says of neither is not what the one before it said.
        method = RequestMethod.OTHER;
        http11 = false;
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
        HeadFault found = requestLine(text, lines.start(0), lines.end(0));
        if (found == HeadFault.NONE) {
            found = fields(text);
        }
        if (found == HeadFault.NONE && !http11 && fields.chunked()) {
            found = HeadFault.CODING_BEFORE_HTTP11;
        }
        if (found == HeadFault.NONE) {
            found = host(text);
        }
        if (found == HeadFault.NONE) {
            expectation();
            upgrade();
        }
        return found;
    }

    private HeadFault fields(byte[] text) {
        if (lines.repeated()) {
            fields.moveTo(text, lines);
            if (lines.changed() >= 0) {
                lines.remember(text);
            }
            return HeadFault.NONE;
        }
        lines.forget();
        HeadFault found = fields.scan(text, lines, 1);
        if (found == HeadFault.NONE) {
            lines.remember(text);
        }
        return found;
    }

    private HeadFault requestLine(byte[] text, int from, int to) {
        methodFrom = from;
        methodTo = HttpBytes.tokenEnd(text, from, to);
        if (methodTo == from || methodTo == to || text[methodTo] != ' ' || methodTo - from > METHOD_BYTES_MAX) {
            return HeadFault.BAD_METHOD;
        }
        targetFrom = methodTo + 1;
        targetTo = to;
        while (text[targetTo - 1] != ' ') {
            targetTo--;
        }
        if (targetTo == targetFrom) {
            return HeadFault.NO_VERSION;
        }
        int versionFrom = targetTo;
        targetTo--;
        method = RequestMethod.of(text, from, methodTo);
        HeadFault version = version(text, versionFrom, to);
        if (version != HeadFault.NONE) {
            return version;
        }
        if (method == RequestMethod.CONNECT || method == RequestMethod.TRACE) {
            return HeadFault.METHOD_NOT_SERVED;
        }
        return target(text);
    }

    private HeadFault version(byte[] text, int from, int to) {
        int version = HttpVersion.of(text, from, to);
        http11 = version == HttpVersion.HTTP_11;
        return switch (version) {
            case HttpVersion.HTTP_10, HttpVersion.HTTP_11 -> HeadFault.NONE;
            case HttpVersion.OTHER -> isPreface(text, to) ? HeadFault.HTTP2_PREFACE : HeadFault.VERSION_NOT_SERVED;
            default -> HeadFault.BAD_VERSION;
        };
    }

    /** RFC 9113 section 3.4: it looks like a request without fields, on purpose. */
    private boolean isPreface(byte[] text, int to) {
        return lines.count() == 1
                && methodTo == methodFrom + 3
                && text[methodFrom] == 'P'
                && text[methodFrom + 1] == 'R'
                && text[methodFrom + 2] == 'I'
                && targetTo == targetFrom + 1
                && text[targetFrom] == '*'
                && text[to - 3] == '2';
    }

    private HeadFault target(byte[] text) {
        int end = HttpBytes.targetEnd(text, targetFrom, targetTo);
        if (targetFrom == targetTo || (end < targetTo && text[end] == ' ')) {
            return HeadFault.BAD_REQUEST_LINE;
        }
        if (end < targetTo) {
            return text[end] == '#' ? HeadFault.FRAGMENT : HeadFault.BAD_TARGET;
        }
        pathFrom = targetFrom;
        hostFrom = targetFrom;
        hostTo = targetFrom;
        if (text[targetFrom] == '/') {
            form = TargetForm.ORIGIN;
            return HeadFault.NONE;
        }
        if (text[targetFrom] == '*' && targetTo == targetFrom + 1) {
            form = TargetForm.ASTERISK;
            return method == RequestMethod.OPTIONS ? HeadFault.NONE : HeadFault.BAD_TARGET;
        }
        return absolute(text);
    }

    private HeadFault absolute(byte[] text) {
        form = TargetForm.ABSOLUTE;
        int scheme = schemeLength(text);
        if (scheme == 0) {
            return HeadFault.BAD_TARGET;
        }
        hostFrom = targetFrom + scheme;
        pathFrom = hostFrom;
        while (pathFrom < targetTo && text[pathFrom] != '/' && text[pathFrom] != '?') {
            pathFrom++;
        }
        hostTo = pathFrom;
        // "http://host?query" is legal, but the path that is meant is nowhere in the text.
        boolean queryOnly = pathFrom < targetTo && text[pathFrom] == '?';
        return queryOnly || Authority.hostEnd(text, hostFrom, hostTo) < 0 ? HeadFault.BAD_TARGET : HeadFault.NONE;
    }

    private int schemeLength(byte[] text) {
        int length = targetTo - targetFrom;
        if (length > HTTP.length && HttpBytes.is(text, targetFrom, targetFrom + HTTP.length, HTTP)) {
            return HTTP.length;
        }
        boolean https = length > HTTPS.length && HttpBytes.is(text, targetFrom, targetFrom + HTTPS.length, HTTPS);
        return https ? HTTPS.length : 0;
    }

    /**
     * RFC 9112 section 3.2.2 lets the target's authority replace Host. Those who look at the other one would see
     * another host, so both must be the same.
     */
    private HeadFault host(byte[] text) {
        int field = fields.indexOf(KnownField.HOST);
        if (field < 0 && http11) {
            return HeadFault.NO_HOST;
        }
        if (field >= 0) {
            int from = fields.valueFrom(field);
            int to = fields.valueTo(field);
            if (form == TargetForm.ABSOLUTE && !HttpBytes.same(text, from, to, hostFrom, hostTo)) {
                return HeadFault.HOST_MISMATCH;
            }
            hostFrom = from;
            hostTo = to;
        }
        if (field < 0 && form != TargetForm.ABSOLUTE) {
            hostNameTo = hostTo;
            return HeadFault.NONE;
        }
        hostNameTo = Authority.hostEnd(text, hostFrom, hostTo);
        return hostNameTo < 0 ? HeadFault.BAD_HOST : HeadFault.NONE;
    }

    /**
     * RFC 9110 section 10.1.1: of HTTP/1.0 it is ignored, and without content it means nothing; then it goes no
     * further.
     */
    private void expectation() {
        int field = fields.indexOf(KnownField.EXPECT);
        expectsContinue = field >= 0 && http11 && framing() != Framing.NONE && fields.contentLength() != 0;
        if (field >= 0 && !expectsContinue) {
            fields.drop(field);
        }
    }

    /**
     * RFC 9110 section 7.8: ignored of HTTP/1.0, and without the connection option. Two are one too many to be
     * sure.
     */
    private void upgrade() {
        boolean asked = http11 && fields.upgrade() && fields.single(KnownField.UPGRADE);
        upgradeField = asked ? fields.indexOf(KnownField.UPGRADE) : -1;
    }

    /** What is wrong; {@link HeadFault#NONE} unless the last scan refused. */
    public HeadFault fault() {
        return fault;
    }

    /** Behind the head: where the body, or the next head, begins. */
    @Override
    public int end() {
        return lines.headEnd();
    }

    public RequestMethod method() {
        return method;
    }

    public int methodFrom() {
        return methodFrom;
    }

    public int methodTo() {
        return methodTo;
    }

    public TargetForm form() {
        return form;
    }

    /**
     * Where the path begins; its query goes up to {@link #pathTo}. An absolute target may have none, which means
     * {@code /}, or {@code *} for OPTIONS (RFC 9112 sections 3.2.1 and 3.2.4).
     */
    public int pathFrom() {
        return pathFrom;
    }

    public int pathTo() {
        return targetTo;
    }

    /** Where the host begins; with {@link #hostTo} an empty range if HTTP/1.0 named none. */
    public int hostFrom() {
        return hostFrom;
    }

    /** Where the host ends, its port included. */
    public int hostTo() {
        return hostTo;
    }

    /** Where the host's name or address ends: at the colon of its port, if there is one. */
    public int hostNameTo() {
        return hostNameTo;
    }

    /** HTTP/1.1, and not 1.0. */
    public boolean isHttp11() {
        return http11;
    }

    public HeadFields fields() {
        return fields;
    }

    public Framing framing() {
        if (fields.chunked()) {
            return Framing.CHUNKED;
        }
        return fields.contentLength() >= 0 ? Framing.LENGTH : Framing.NONE;
    }

    /** Whether the connection may carry another request (RFC 9112 section 9.3). */
    public boolean persistent() {
        return !fields.close() && (http11 || fields.keepAlive());
    }

    /** Whether the client waits for a 100 before it sends its body. */
    public boolean expectsContinue() {
        return expectsContinue;
    }

    /**
     * The Upgrade field, if the client asks for one properly, else -1. Nothing of it goes on unless it is
     * written anew.
     */
    public int upgradeField() {
        return upgradeField;
    }

    /** Whether the client asks for HTTP/2 (RFC 7540 section 3.2, gone from RFC 9113): it is for this hop, or for nobody. */
    public boolean upgradesToHttp2() {
        return upgradesTo(HTTP2);
    }

    /** Whether the client asks for exactly WebSocket (RFC 6455 section 4.1). */
    public boolean upgradesToWebSocket() {
        return upgradesTo(WEBSOCKET);
    }

    private boolean upgradesTo(byte[] protocol) {
        return upgradeField >= 0
                && HttpBytes.is(fields.text(), fields.valueFrom(upgradeField), fields.valueTo(upgradeField), protocol);
    }
}

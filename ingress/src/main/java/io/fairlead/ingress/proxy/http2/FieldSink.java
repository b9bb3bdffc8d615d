package io.fairlead.ingress.proxy.http2;

import io.fairlead.ingress.proxy.http1.HttpBytes;
import io.fairlead.ingress.proxy.http1.KnownField;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the fields of a block as HPACK gives them, checks what RFC 9113 (sections 8.2 and 8.3) demands of them, and
 * writes them as the text of HTTP/1.1, which is scanned as strictly as any other. No byte is written that could end a
 * line or a name too early. One is reused for all blocks of a connection.
 *
 * <p>Hot path: allocates nothing of its own.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class FieldSink extends DefaultHttp2Headers {

    private static final AsciiString METHOD = PseudoHeaderName.METHOD.value();
    private static final AsciiString SCHEME = PseudoHeaderName.SCHEME.value();
    private static final AsciiString AUTHORITY = PseudoHeaderName.AUTHORITY.value();
    private static final AsciiString PATH = PseudoHeaderName.PATH.value();
    private static final AsciiString STATUS = PseudoHeaderName.STATUS.value();

    private static final byte[] REQUEST_END = ascii(" HTTP/1.1\r\n");
    private static final byte[] ANSWER_START = ascii("HTTP/1.1 ");
    private static final byte[] HOST_START = ascii("host: ");
    private static final byte[] COOKIE_START = ascii("cookie: ");
    private static final byte[] CRUMB = ascii("; ");
    private static final byte[] COLON = ascii(": ");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
    private static final byte[] CR_LF = ascii("\r\n");

    private static final int STATUS_DIGITS = 3;
    private static final int STATUS_MAX = 599;
    /** By the status; some clients of HTTP/1.1 do not understand a status without one. */
    private static final byte[][] REASONS = reasons();

    private static final int COOKIES_FIRST = 4;

    private final HeadBuffer lines = new HeadBuffer();
    private AsciiString[] cookies = {};
    private int cookieCount;

    @Nullable
    private AsciiString method;

    @Nullable
    private AsciiString scheme;

    @Nullable
    private AsciiString authority;

    @Nullable
    private AsciiString path;

    @Nullable
    private AsciiString status;

    @Nullable
    private AsciiString host;

    private boolean regular;
    private boolean hasLength;
    private boolean malformed;

    public FieldSink() {
        super(false, 2);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[][] reasons() {
        byte[][] reasons = new byte[STATUS_MAX + 1][];
        for (int code = 0; code <= STATUS_MAX; code++) {
            String phrase = HttpResponseStatus.valueOf(code).reasonPhrase();
            // Netty makes up phrases with the code in parentheses.
            reasons[code] = ascii(phrase.endsWith(")") ? "" : phrase);
        }
        return reasons;
    }

    /** Begins a block. */
    void begin() {
        lines.clear();
        Arrays.fill(cookies, 0, cookieCount, null);
        cookieCount = 0;
        method = null;
        scheme = null;
        authority = null;
        path = null;
        status = null;
        host = null;
        regular = false;
        hasLength = false;
        malformed = false;
    }

    /** Hot path: the next field of the block. */
    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
        malformed = malformed || !take(AsciiString.of(name), AsciiString.of(value));
        return this;
    }

    /** Nothing for those who read the fields one by one; Netty's decoder would check the length by it. */
    @Override
    public List<CharSequence> getAll(CharSequence name) {
        return List.of();
    }

    /** What Netty's decoder tells answers before the answer by. */
    @Override
    public @Nullable CharSequence status() {
        return status;
    }

    private boolean take(AsciiString name, AsciiString value) {
        if (!isValue(value) || name.isEmpty()) {
            return false;
        }
        if (name.byteAt(0) == ':') {
            return !regular && takePseudo(name, value);
        }
        regular = true;
        return isName(name) && takeRegular(name, value);
    }

    /** RFC 9113 section 8.2.1: no control bytes, and no white space around; also not within, but HTAB. */
    private static boolean isValue(AsciiString value) {
        byte[] bytes = value.array();
        int from = value.arrayOffset();
        int to = from + value.length();
        if (from == to) {
            return true;
        }
        if (isBlank(bytes[from]) || isBlank(bytes[to - 1])) {
            return false;
        }
        int at = HttpBytes.control(bytes, from, to);
        while (at < to && bytes[at] == '\t') {
            at = HttpBytes.control(bytes, at + 1, to);
        }
        return at == to;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** A token without upper case. */
    private static boolean isName(AsciiString name) {
        byte[] bytes = name.array();
        int from = name.arrayOffset();
        int to = from + name.length();
        for (int i = from; i < to; i++) {
            if (bytes[i] >= 'A' && bytes[i] <= 'Z') {
                return false;
            }
        }
        return HttpBytes.tokenEnd(bytes, from, to) == to;
    }

    private boolean takePseudo(AsciiString name, AsciiString value) {
        if (name.contentEquals(METHOD)) {
            boolean first = method == null;
            method = value;
            return first;
        }
        if (name.contentEquals(PATH)) {
            boolean first = path == null;
            path = value;
            return first;
        }
        if (name.contentEquals(AUTHORITY)) {
            boolean first = authority == null;
            authority = value;
            return first;
        }
        if (name.contentEquals(SCHEME)) {
            boolean first = scheme == null;
            scheme = value;
            return first;
        }
        boolean first = status == null && name.contentEquals(STATUS);
        status = value;
        return first;
    }

    private boolean takeRegular(AsciiString name, AsciiString value) {
        byte[] bytes = name.array();
        int from = name.arrayOffset();
        return switch (KnownField.of(bytes, from, from + name.length())) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE -> false;
            case HOST -> {
                boolean first = host == null;
                host = value;
                yield first;
            }
            case COOKIE -> {
                addCookie(value);
                yield true;
            }
            case TE -> {
                line(name, value);
                yield value.contentEqualsIgnoreCase("trailers");
            }
            case CONTENT_LENGTH -> {
                hasLength = true;
                line(name, value);
                yield true;
            }
            default -> {
                line(name, value);
                yield true;
            }
        };
    }

    private void line(AsciiString name, AsciiString value) {
        lines.add(name);
        lines.add(COLON);
        lines.add(value);
        lines.add(CR_LF);
    }

    private void addCookie(AsciiString value) {
        if (cookieCount == cookies.length) {
            cookies = Arrays.copyOf(cookies, Math.max(COOKIES_FIRST, 2 * cookieCount));
        }
        cookies[cookieCount++] = value;
    }

    /**
     * Writes the block as the head of a request: content without a length is chunked.
     *
     * @param ended whether nothing follows
     * @return whether it is one; what was written is of no use else
     */
    public boolean writeRequest(HeadBuffer out, boolean ended) {
        AsciiString asked = method;
        if (malformed || status != null || asked == null || !isToken(asked)) {
            return false;
        }
        boolean connect = asked.contentEquals("CONNECT");
        AsciiString target = connect ? AsciiString.of("*") : path;
        if (target == null || !connect && !isServed(target)) {
            return false;
        }
        out.add(asked);
        out.add(' ');
        out.add(target);
        out.add(REQUEST_END);
        AsciiString named = authority != null ? authority : host;
        if (named != null) {
            out.add(HOST_START);
            out.add(named);
            out.add(CR_LF);
        }
        out.add(lines);
        writeCookies(out);
        if (!ended && !hasLength) {
            out.add(CHUNKED);
        }
        out.add(CR_LF);
        return true;
    }

    private static boolean isToken(AsciiString text) {
        int from = text.arrayOffset();
        int to = from + text.length();
        return from < to && HttpBytes.tokenEnd(text.array(), from, to) == to;
    }

    /** RFC 9113 section 8.3.1. A path that does not begin with a slash would be part of the host in another form. */
    private boolean isServed(AsciiString target) {
        boolean http = scheme != null && (scheme.contentEquals("https") || scheme.contentEquals("http"));
        boolean rooted = !target.isEmpty() && (target.byteAt(0) == '/' || target.contentEquals("*"));
        boolean oneHost = authority == null || host == null || authority.contentEqualsIgnoreCase(host);
        return http && rooted && oneHost;
    }

    /** RFC 9113 section 8.2.3: what was split for the sake of compression is one field again. */
    private void writeCookies(HeadBuffer out) {
        for (int i = 0; i < cookieCount; i++) {
            out.add(i == 0 ? COOKIE_START : CRUMB);
            out.add(cookies[i]);
        }
        if (cookieCount > 0) {
            out.add(CR_LF);
        }
    }

    /**
     * Writes the block as the head of an answer; how its content is framed is not said.
     *
     * @return whether it is one; nothing was written else
     */
    public boolean writeAnswer(HeadBuffer out) {
        AsciiString code = status;
        boolean asked = method != null || scheme != null || authority != null || path != null;
        if (malformed || asked || code == null || !isStatus(code)) {
            return false;
        }
        out.add(ANSWER_START);
        out.add(code);
        out.add(' ');
        int number = code.parseInt();
        if (number <= STATUS_MAX) {
            out.add(REASONS[number]);
        }
        out.add(CR_LF);
        out.add(lines);
        out.add(CR_LF);
        return true;
    }

    private static boolean isStatus(AsciiString code) {
        boolean digits = code.length() == STATUS_DIGITS;
        for (int i = 0; digits && i < STATUS_DIGITS; i++) {
            digits = code.byteAt(i) >= '0' && code.byteAt(i) <= '9';
        }
        return digits;
    }

    /**
     * Writes the block as a section of trailers; nothing if it has no field.
     *
     * @return whether it is one
     */
    public boolean writeTrailers(HeadBuffer out) {
        boolean pseudo = method != null || scheme != null || authority != null || path != null || status != null;
        if (malformed || pseudo || host != null || cookieCount > 0) {
            return false;
        }
        if (lines.length() > 0) {
            out.add(lines);
            out.add(CR_LF);
        }
        return true;
    }
}

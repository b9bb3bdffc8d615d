package io.fairlead.ingress.proxy.http1;

/**
 * Why a message is refused. The explanations quote no input, so they are safe in answers, logs and metrics.
 *
 * <p>Immutable.
 */
public enum HeadFault {
    /** Nothing is wrong. */
    NONE(0, ""),

    // Lines.
    EMPTY_LINE(400, "an empty line stands before the start line"),
    BARE_CR(400, "a CR is not followed by LF"),
    BARE_LF(400, "an LF is not preceded by CR"),
    CONTROL_BYTE(400, "a control byte stands in the head"),
    START_LINE_TOO_LONG(414, "the start line is longer than the limit"),
    HEAD_TOO_LARGE(431, "the head is larger than the limit"),
    TOO_MANY_FIELDS(431, "the head has more fields than the limit"),

    // The request line.
    HTTP2_PREFACE(505, "this is the preface of HTTP/2"),
    BAD_METHOD(400, "the method is not a token of reasonable length followed by a space"),
    METHOD_NOT_SERVED(501, "CONNECT and TRACE are not served"),
    NO_VERSION(400, "the request line names no version"),
    BAD_VERSION(400, "the version is malformed"),
    VERSION_NOT_SERVED(505, "only HTTP/1.0 and HTTP/1.1 are served here"),
    BAD_REQUEST_LINE(400, "the request line is not three words with one space between them"),
    BAD_TARGET(400, "the request target has no form that is served"),
    FRAGMENT(400, "the request target has a fragment"),

    // The status line.
    BAD_STATUS_LINE(502, "the status line is malformed"),

    // Fields.
    OBS_FOLD(400, "a field line is folded"),
    SPACE_BEFORE_COLON(400, "a space stands between a field name and its colon"),
    NO_COLON(400, "a field line has no colon"),
    BAD_FIELD_NAME(400, "a field name is not a token"),
    NO_HOST(400, "Host is missing"),
    SEVERAL_HOSTS(400, "Host stands more than once"),
    BAD_HOST(400, "Host is not a host with an optional port"),
    HOST_MISMATCH(400, "Host and the authority of the request target differ"),
    BAD_CONNECTION(400, "Connection is not a list of tokens"),
    TOO_MANY_OPTIONS(400, "Connection has more options than the limit"),
    NOMINATES_FRAMING(400, "Connection nominates a field that must not be dropped"),
    BAD_EXPECTATION(417, "only the expectation 100-continue can be met"),

    // Framing.
    BAD_LENGTH(400, "Content-Length is not one decimal number"),
    SEVERAL_LENGTHS(400, "Content-Length stands more than once"),
    UNKNOWN_CODING(501, "Transfer-Encoding is not exactly chunked"),
    SEVERAL_CODINGS(400, "Transfer-Encoding stands more than once"),
    LENGTH_AND_CODING(400, "Content-Length and Transfer-Encoding stand together"),
    CODING_BEFORE_HTTP11(400, "HTTP/1.0 has no Transfer-Encoding"),
    BODY_NOT_ALLOWED(502, "an answer that cannot have a body announces one"),

    // Chunked bodies.
    BAD_CHUNK_SIZE(400, "a chunk size is not a hexadecimal number"),
    CHUNK_TOO_LARGE(400, "a chunk size is larger than can be counted"),
    BAD_CHUNK_EXTENSION(400, "a chunk extension is empty or holds other than visible ASCII"),
    CHUNK_EXTENSION_TOO_LONG(400, "chunk extensions are longer than the limit"),
    BAD_CHUNK_END(400, "the data of a chunk is not followed by CR LF"),
    TRAILER_NOT_ALLOWED(400, "a field stands in the trailers that belongs into the head");

    private final int status;
    private final String reason;

    HeadFault(int status, String reason) {
        this.status = status;
        this.reason = reason;
    }

    /**
     * The status to answer a request with that has this fault; 0 for {@link #NONE}. Whatever a backend's answer has
     * wrong is a 502 to the client.
     */
    public int status() {
        return status;
    }

    /** What is wrong, as part of a sentence. */
    public String reason() {
        return reason;
    }
}

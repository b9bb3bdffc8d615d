package io.fairlead.ingress.tls.hello;

/**
 * Why a connection does not begin as one of TLS does, or cannot be served. The explanations quote no input.
 *
 * <p>Immutable.
 */
public enum HelloFault {
    NOT_TLS(-1, "the first byte is not that of TLS"),
    BAD_RECORD(50, "a record is empty, of another type or longer than 16 KiB"),
    NOT_HELLO(10, "the first message is not a ClientHello"),
    TOO_LARGE(47, "the ClientHello is longer than 16 KiB or in too many pieces"),
    MALFORMED(50, "the ClientHello is malformed"),
    REPEATED_EXTENSION(47, "an extension stands twice in the ClientHello"),
    BAD_NAME(47, "the server name is no name of DNS"),
    UNKNOWN_NAME(112, "no certificate is there for the server name"),
    NO_PROTOCOL(120, "ALPN offers neither h2 nor http/1.1"),
    UNUSABLE_CERTIFICATE(80, "no context could be made of the certificate"),
    TIMEOUT(-1, "the ClientHello did not come in time");

    private final int alert;
    private final String reason;

    HelloFault(int alert, String reason) {
        this.alert = alert;
        this.reason = reason;
    }

    /** The alert to send (RFC 8446, section 6); negative for none, to who would not understand it. */
    public int alert() {
        return alert;
    }

    /** What is wrong, as a sentence without its dot. */
    public String reason() {
        return reason;
    }
}

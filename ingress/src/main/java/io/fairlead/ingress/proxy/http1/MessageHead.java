package io.fairlead.ingress.proxy.http1;

/**
 * A head that is scanned as it comes.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public sealed interface MessageHead permits RequestHead, ResponseHead {

    /** Goes on with all bytes up to {@code to}. */
    Progress scan(byte[] text, int to);

    /** Behind the head, once it is complete. */
    int end();
}

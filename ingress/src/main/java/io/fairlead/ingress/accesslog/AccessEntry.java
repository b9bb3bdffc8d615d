package io.fairlead.ingress.accesslog;

import io.fairlead.ingress.account.RouteLabel;
import io.fairlead.ingress.proxy.http1.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request that ended. One is filled again and again by its event loop; the arrays are not copied.
 *
 * <p>Confined to the event loop's thread of its worker.
 */
public final class AccessEntry {

    static final byte[] NOTHING = {};

    /** Null if it was refused, so that nothing of it is known to be well-formed. */
    @Nullable
    RequestHead head;

    byte[] client = NOTHING;
    int clientLength;
    byte[] protocol = NOTHING;
    byte[] requestId = NOTHING;
    int requestIdLength;
    byte[] backend = NOTHING;
    RouteLabel route = RouteLabel.NOBODY;
    boolean secure;
    int status;
    int repeated;
    long requestBytes;
    long answerBytes;
    long nanos;

    AccessEntry() {}

    /**
     * What was asked.
     *
     * @param asked null if it was refused
     * @param version of HTTP, as it is written in logs
     */
    public AccessEntry request(@Nullable RequestHead asked, byte[] version, boolean overTls) {
        head = asked;
        protocol = version;
        secure = overTls;
        return this;
    }

    /** Who asked: the first bytes of a text. */
    public AccessEntry by(byte[] address, int length) {
        client = address;
        clientLength = length;
        return this;
    }

    /** Its number, which the backend got: the first bytes of a text; none if it was not forwarded. */
    public AccessEntry number(byte[] id, int length) {
        requestId = id;
        requestIdLength = length;
        return this;
    }

    /**
     * Where it went.
     *
     * @param to address of the endpoint; empty if there was none
     * @param times how often it was sent again
     */
    public AccessEntry forwarded(RouteLabel by, byte[] to, int times) {
        route = by;
        backend = to;
        repeated = times;
        return this;
    }

    /** What came of it; the bytes are those of content. */
    public AccessEntry answered(int with, long nanosTaken, long bytesIn, long bytesOut) {
        status = with;
        nanos = nanosTaken;
        requestBytes = bytesIn;
        answerBytes = bytesOut;
        return this;
    }
}

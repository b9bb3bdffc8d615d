package io.fairlead.ingress.proxy;

import io.fairlead.ingress.proxy.front.FrontProxy;
import io.fairlead.ingress.proxy.front.TrustedProxies;
import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.KnownField;
import io.fairlead.ingress.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Whom the request under way is of: the client of its connection, or whom a proxy in front says that is believed. It is
 * told to backends; what others say of it is not.
 *
 * <p>Hot path: allocates nothing for a request.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class RequestOrigin {

    /** What the proxy tells backends itself; from clients it would be a claim. */
    private static final long OWN_FIELDS = KnownField.set(
            KnownField.FORWARDED,
            KnownField.X_FORWARDED_FOR,
            KnownField.X_FORWARDED_HOST,
            KnownField.X_FORWARDED_PROTO,
            KnownField.X_FORWARDED_PORT,
            KnownField.X_FORWARDED_SCHEME,
            KnownField.X_FORWARDED_PREFIX,
            KnownField.X_ORIGINAL_FORWARDED_FOR,
            KnownField.X_REAL_IP,
            KnownField.X_REQUEST_ID,
            KnownField.X_SCHEME);

    /** What is written anew although the proxy in front is believed. */
    private static final long FRONT_FIELDS =
            KnownField.set(KnownField.X_FORWARDED_FOR, KnownField.X_REAL_IP, KnownField.X_REQUEST_ID);

    private static final byte[] FORWARDED_FOR = "X-Forwarded-For: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FORWARDED_HOST = "X-Forwarded-Host: ".getBytes(StandardCharsets.US_ASCII);
    private static final int CR_LF = '\r' << 8 | '\n';

    private final Client client;

    @Nullable
    private final FrontProxy front;

    RequestOrigin(Client client, TrustedProxies trusted) {
        this.client = client;
        front = client.isTrusted() ? new FrontProxy(trusted, client.addressText()) : null;
    }

    /** Begins with another request. */
    void begin(HeadFields fields) {
        if (front != null) {
            front.read(fields);
        }
    }

    /** Whether its client's own connection is over TLS. */
    boolean secure() {
        return front == null ? client.secure() : front.secure(client.secure());
    }

    /** The port that it came to; 0 for the usual one: where TLS ends in front, nobody says what the port is there. */
    int port() {
        return front != null && front.saysHow() ? 0 : client.port();
    }

    /** Holds the client's address as text, of {@link #addressLength}. Not to be written to. */
    byte[] address() {
        return front == null ? client.addressText() : front.client();
    }

    int addressLength() {
        return front == null ? client.addressText().length : front.clientLength();
    }

    /** The field with the number that a believed proxy gave the request; -1 if there is none. */
    int numberField(HeadFields fields) {
        return front == null ? -1 : fields.indexOf(KnownField.X_REQUEST_ID);
    }

    /** Hot path: fields of the request that do not go on, as {@link KnownField#set}. */
    long drops() {
        return front == null ? OWN_FIELDS : FRONT_FIELDS;
    }

    /** Hot path: writes what backends are told. */
    void write(ByteBuf out, RequestHead head) {
        HeadFields fields = head.fields();
        if (front == null) {
            out.writeBytes(FORWARDED_FOR).writeBytes(client.addressText()).writeShort(CR_LF);
            out.writeBytes(client.realIpLine());
        } else {
            front.write(out, fields);
        }
        boolean hostSaid = front != null && fields.contains(KnownField.X_FORWARDED_HOST);
        int hostBytes = head.hostTo() - head.hostFrom();
        if (!hostSaid && hostBytes > 0) {
            out.writeBytes(FORWARDED_HOST)
                    .writeBytes(fields.text(), head.hostFrom(), hostBytes)
                    .writeShort(CR_LF);
        }
        if (front == null || !front.saysHow()) {
            out.writeBytes(client.lines());
        }
    }
}

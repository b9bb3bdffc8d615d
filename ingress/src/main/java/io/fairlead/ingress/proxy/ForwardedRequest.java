package io.fairlead.ingress.proxy;

import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.proxy.http1.ForwardedHead;
import io.fairlead.ingress.proxy.http1.Framing;
import io.fairlead.ingress.proxy.http1.HeadEdits;
import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.KnownField;
import io.fairlead.ingress.proxy.http1.RequestHead;
import io.fairlead.ingress.proxy.http1.RequestMethod;
import io.fairlead.ingress.upstream.RequestForm;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The request as backends get it: the client's head with what the route edits, and what the proxy says of the client.
 *
 * <p>Hot path: what is written stands in the client's head already, or was prepared for the route or the connection.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class ForwardedRequest implements RequestForm {

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

    private static final byte[] FORWARDED_FOR = "X-Forwarded-For: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FORWARDED_HOST = "X-Forwarded-Host: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REQUEST_ID = "X-Request-ID: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int ID_DIGITS = 32;
    private static final int CR_LF = '\r' << 8 | '\n';

    private final Client client;
    private final RequestTarget target;
    private final byte[] id = new byte[ID_DIGITS];

    @Nullable
    private RequestHead head;

    @Nullable
    private ForwardTarget forward;

    private boolean upgrades;

    ForwardedRequest(Client client, RequestTarget target) {
        this.client = client;
        this.target = target;
    }

    /** Begins with a request, whose head stays valid as long as it may be sent. */
    void begin(RequestHead asked, ForwardTarget to, Worker worker) {
        head = asked;
        forward = to;
        target.edit(to.path());
        to.requestEdits().dropOthers(asked.fields());
        boolean possible = !to.group().connection().protocol().http2() && asked.framing() == Framing.NONE;
        upgrades = possible && asked.upgradeField() >= 0 && !asked.upgradesToHttp2();
        for (int i = 0; i < ID_DIGITS; i += 16) {
            long bits = worker.random();
            for (int j = 0; j < 16; j++) {
                id[i + j] = HEX[(int) (bits >>> 60 - 4 * j) & 15];
            }
        }
    }

    private RequestHead head() {
        if (head == null) {
            throw new IllegalStateException("there is no request");
        }
        return head;
    }

    private ForwardTarget forward() {
        if (forward == null) {
            throw new IllegalStateException("the request is not forwarded");
        }
        return forward;
    }

    /** Whether it asks for another protocol than HTTP, and may. */
    boolean upgrades() {
        return upgrades;
    }

    @Override
    public RequestMethod method() {
        return head().method();
    }

    @Override
    public Framing framing() {
        return head().framing();
    }

    @Override
    public boolean acceptsTrailers() {
        return head().fields().acceptsTrailers();
    }

    @Override
    public void write(ByteBuf out) {
        RequestHead asked = head();
        HeadFields fields = asked.fields();
        HeadEdits edits = forward().requestEdits();
        byte[] host = forward().host();
        target.writeLine(out, asked);
        long drops = OWN_FIELDS | edits.known();
        if (host.length > 0) {
            drops |= KnownField.HOST.bit();
            ForwardedHead.host(out, host, 0, host.length);
        } else if (!fields.contains(KnownField.HOST)) {
            ForwardedHead.host(out, fields.text(), asked.hostFrom(), asked.hostTo());
        }
        ForwardedHead.fields(out, fields, drops);
        line(out, FORWARDED_FOR, client.addressText(), 0, client.addressText().length);
        if (asked.hostTo() > asked.hostFrom()) {
            line(out, FORWARDED_HOST, fields.text(), asked.hostFrom(), asked.hostTo());
        }
        out.writeBytes(client.lines());
        line(out, REQUEST_ID, id, 0, ID_DIGITS);
        edits.writeLines(out);
        if (upgrades) {
            ForwardedHead.upgrade(out, fields, asked.upgradeField());
        }
        ForwardedHead.end(out, fields);
    }

    private static void line(ByteBuf out, byte[] name, byte[] value, int from, int to) {
        out.writeBytes(name);
        out.writeBytes(value, from, to - from);
        out.writeShort(CR_LF);
    }
}

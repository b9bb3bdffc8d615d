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

    private static final byte[] REQUEST_ID = "X-Request-ID: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int ID_DIGITS = 32;
    private static final int ID_BYTES_MAX = 128;
    private static final int CR_LF = '\r' << 8 | '\n';

    private final RequestOrigin origin;
    private final RequestTarget target;

    private final byte[] id = new byte[ID_BYTES_MAX];
    private int idLength;

    @Nullable
    private RequestHead head;

    @Nullable
    private ForwardTarget forward;

    private boolean upgrades;

    ForwardedRequest(RequestOrigin origin, RequestTarget target) {
        this.origin = origin;
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
        if (!takesId(asked.fields())) {
            makeId(worker);
        }
    }

    /** A request that a believed proxy numbered keeps its number, unless that is too long to be one. */
    private boolean takesId(HeadFields fields) {
        int field = origin.numberField(fields);
        int length = field < 0 ? 0 : fields.valueTo(field) - fields.valueFrom(field);
        if (length == 0 || length > ID_BYTES_MAX) {
            return false;
        }
        System.arraycopy(fields.text(), fields.valueFrom(field), id, 0, length);
        idLength = length;
        return true;
    }

    private void makeId(Worker worker) {
        for (int i = 0; i < ID_DIGITS; i += 16) {
            long bits = worker.random();
            for (int j = 0; j < 16; j++) {
                id[i + j] = HEX[(int) (bits >>> 60 - 4 * j) & 15];
            }
        }
        idLength = ID_DIGITS;
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

    /** Holds its number, of {@link #idLength}, by which it is known in logs. Not to be written to. */
    byte[] id() {
        return id;
    }

    int idLength() {
        return idLength;
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
        long drops = origin.drops() | edits.known();
        if (host.length > 0) {
            drops |= KnownField.HOST.bit();
            ForwardedHead.host(out, host, 0, host.length);
        } else if (!fields.contains(KnownField.HOST)) {
            ForwardedHead.host(out, fields.text(), asked.hostFrom(), asked.hostTo());
        }
        ForwardedHead.fields(out, fields, drops);
        origin.write(out, asked);
        out.writeBytes(REQUEST_ID).writeBytes(id, 0, idLength).writeShort(CR_LF);
        edits.writeLines(out);
        if (upgrades) {
            ForwardedHead.upgrade(out, fields, asked.upgradeField());
        }
        ForwardedHead.end(out, fields);
    }
}

package io.fairlead.ingress.proxy.front;

import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.HttpBytes;
import io.fairlead.ingress.proxy.http1.KnownField;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * What a trusted proxy in front says of the client of a request, by the fields {@code X-Forwarded-*}. Each hop adds itself
 * behind those before it, so what counts is read from the end: the client is the last address that is not a trusted
 * proxy's, since anything before it may be that client's invention.
 *
 * <p>Hot path: allocates nothing.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class FrontProxy {

    private static final byte[] HTTPS = ascii("https");
    private static final byte[] FORWARDED_FOR = ascii("X-Forwarded-For: ");
    private static final byte[] PEER = ascii(", ");
    private static final byte[] REAL_IP = ascii("X-Real-IP: ");
    private static final int CR_LF = '\r' << 8 | '\n';

    private final TrustedProxies trusted;
    private final byte[] peer;
    private final AddressScanner scanner = new AddressScanner();
    private final byte[] client = new byte[AddressScanner.TEXT_BYTES_MAX];
    private int clientLength;
    private boolean https;
    private boolean http;

    /** @param peer address of the proxy, as text */
    public FrontProxy(TrustedProxies trusted, byte[] peer) {
        this.trusted = trusted;
        this.peer = peer;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Hot path: reads what it says of a request. */
    public void read(HeadFields fields) {
        is(peer, 0, peer.length);
        https = false;
        http = false;
        boolean goesOn = true;
        for (int i = fields.count() - 1; i >= 0; i--) {
            if (fields.known(i) == KnownField.X_FORWARDED_FOR && goesOn) {
                goesOn = believe(fields.text(), fields.valueFrom(i), fields.valueTo(i));
            } else if (fields.known(i) == KnownField.X_FORWARDED_PROTO && !https && !http) {
                int from = lastElement(fields.text(), fields.valueFrom(i), fields.valueTo(i));
                https = HttpBytes.tokenIs(fields.text(), from, fields.valueTo(i), HTTPS);
                http = !https;
            }
        }
    }

    /** Goes from hop to hop; whether all of them are trusted. */
    private boolean believe(byte[] text, int from, int to) {
        int end = to;
        while (end > from) {
            int begin = lastElement(text, from, end);
            int elementTo = end;
            while (elementTo > begin && (text[elementTo - 1] == ' ' || text[elementTo - 1] == '\t')) {
                elementTo--;
            }
            if (!scanner.read(text, begin, elementTo)) {
                return false;
            }
            is(text, scanner.textFrom(), scanner.textTo());
            if (!trusted.contains(scanner.high(), scanner.low())) {
                return false;
            }
            end = begin;
            while (end > from && text[end - 1] != ',') {
                end--;
            }
            end = Math.max(from, end - 1);
        }
        return true;
    }

    private void is(byte[] text, int from, int to) {
        clientLength = to - from;
        System.arraycopy(text, from, client, 0, clientLength);
    }

    /** Where the element behind the last comma begins. */
    private static int lastElement(byte[] text, int from, int to) {
        int begin = to;
        while (begin > from && text[begin - 1] != ',') {
            begin--;
        }
        while (begin < to && (text[begin] == ' ' || text[begin] == '\t')) {
            begin++;
        }
        return begin;
    }

    /** Holds the client's address, as text, of {@link #clientLength}. Not to be written to; valid until the next {@link #read}. */
    public byte[] client() {
        return client;
    }

    public int clientLength() {
        return clientLength;
    }

    /** Whether the client's own connection is over TLS; as that with the proxy is if it does not say. */
    public boolean secure(boolean otherwise) {
        return https || !http && otherwise;
    }

    /** Whether it said how the client's connection is. */
    public boolean saysHow() {
        return https || http;
    }

    /** Hot path: writes the hops with the proxy as the last one, and the client. */
    public void write(ByteBuf out, HeadFields fields) {
        out.writeBytes(FORWARDED_FOR);
        for (int i = 0; i < fields.count(); i++) {
            if (fields.known(i) == KnownField.X_FORWARDED_FOR && fields.valueTo(i) > fields.valueFrom(i)) {
                out.writeBytes(fields.text(), fields.valueFrom(i), fields.valueTo(i) - fields.valueFrom(i));
                out.writeBytes(PEER);
            }
        }
        out.writeBytes(peer).writeShort(CR_LF);
        out.writeBytes(REAL_IP).writeBytes(client, 0, clientLength).writeShort(CR_LF);
    }
}

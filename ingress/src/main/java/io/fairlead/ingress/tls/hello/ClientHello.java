package io.fairlead.ingress.tls.hello;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * What a ClientHello asks for (RFC 8446, section 4.1.2; RFC 5246, section 7.4.1.2), as far as a server must know it to
 * choose who answers.
 *
 * <p>Immutable.
 */
public final class ClientHello {

    /** The longest message that is read. Those of browsers have two kilobytes with a post-quantum key share. */
    public static final int BYTES_MAX = 16 * 1024;

    private final byte[] serverName;
    private final List<String> protocols;

    ClientHello(byte[] serverName, List<String> protocols) {
        this.serverName = serverName;
        this.protocols = protocols;
    }

    /**
     * Reads the records that came so far. Nothing of the buffer is consumed, and it is read from its start each time:
     * the header of each record, and the message only when it is complete.
     */
    public static HelloScan scan(ByteBuf in) {
        return HelloRecords.scan(in);
    }

    /** In lower case and without a final dot; empty if there is none. Not to be written to. */
    public byte[] serverName() {
        return serverName;
    }

    /** What ALPN offers (RFC 7301), the preferred one first; empty if it is not there. */
    public List<String> protocols() {
        return protocols;
    }
}

package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.nft.NftExpression;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A packet on its way: what it carries by now, and what conntrack knows of it.
 *
 * <p>Confined to the thread of its walk.
 */
final class NftTracerPacket {

    /** IPS_* of include/uapi/linux/netfilter/nf_conntrack_common.h. */
    static final int STATUS_CONFIRMED = 8;

    static final int STATUS_SRC_NAT = 16;
    static final int STATUS_DST_NAT = 32;
    static final int STATUS_SRC_NAT_DONE = 128;
    static final int STATUS_DST_NAT_DONE = 256;

    private static final int STATE_INVALID = 1;
    private static final int STATE_NEW = 8;

    private final TracedPacket origin;
    private InetAddress source;
    private InetAddress destination;
    private int destinationPort;
    private String in = "";
    private String out = "";
    private int mark;
    private int status;
    private boolean tracked;
    private boolean balanced;

    NftTracerPacket(TracedPacket origin) {
        this.origin = origin;
        this.source = origin.source();
        this.destination = origin.destination();
        this.destinationPort = origin.destinationPort();
    }

    TracedPacket origin() {
        return origin;
    }

    InetAddress source() {
        return source;
    }

    InetAddress destination() {
        return destination;
    }

    int destinationPort() {
        return destinationPort;
    }

    boolean isTranslated() {
        return balanced || (status & STATUS_DST_NAT) != 0;
    }

    boolean isMasqueraded() {
        return (status & STATUS_SRC_NAT) != 0;
    }

    void setInterfaces(String in, String out) {
        this.in = in;
        this.out = out;
    }

    /** Conntrack has seen the packet. */
    void track() {
        tracked = true;
    }

    void confirm() {
        addStatus(STATUS_CONFIRMED);
    }

    void addStatus(int bits) {
        status |= bits;
    }

    /** nf_nat_setup_info: translation to what it is already does not count. */
    void translate(InetAddress address, int port) {
        if (!address.equals(destination) || port != destinationPort) {
            addStatus(STATUS_DST_NAT);
        }
        destination = address;
        destinationPort = port;
    }

    /** IPVS changes what the packet carries, and what is expected of the answer; to conntrack that is no translation. */
    void balance(InetAddress address, int port) {
        balanced = true;
        destination = address;
        destinationPort = port;
    }

    boolean isBalanced() {
        return balanced;
    }

    void masquerade(InetAddress address) {
        addStatus(STATUS_SRC_NAT);
        source = address;
    }

    void setMark(byte[] value, NftExpression.MetaKey key) {
        if (key != NftExpression.MetaKey.MARK) {
            throw new UnsupportedOperationException("cannot set meta " + key);
        }
        mark = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }

    byte[] meta(NftExpression.MetaKey key) {
        return switch (key) {
            case MARK -> hostInt(mark);
            case IIFNAME -> interfaceName(in, key.length());
            case OIFNAME -> interfaceName(out, key.length());
            case L4PROTO -> new byte[] {(byte) origin.protocol()};
        };
    }

    /** Empty if conntrack has no entry to tell it from. */
    byte[] conntrack(NftExpression.CtKey key) {
        return switch (key) {
            case STATE -> hostInt(tracked ? STATE_NEW : STATE_INVALID);
            case STATUS -> tracked ? hostInt(status) : new byte[0];
        };
    }

    /** @throws UnsupportedOperationException for bytes that a trace does not know */
    byte[] payload(NftExpression.Payload payload) {
        return switch (payload.header()) {
            case NETWORK -> network(payload);
            case TRANSPORT -> transport(payload);
        };
    }

    private byte[] network(NftExpression.Payload payload) {
        boolean v4 = !origin.isIpv6();
        int protocolOffset = v4 ? 9 : 6;
        if (payload.offset() == protocolOffset && payload.length() == 1) {
            return new byte[] {(byte) origin.protocol()};
        }
        int sourceOffset = v4 ? 12 : 8;
        byte[] addresses = Arrays.copyOf(source.getAddress(), v4 ? 8 : 32);
        System.arraycopy(destination.getAddress(), 0, addresses, addresses.length / 2, addresses.length / 2);
        return part(payload, sourceOffset, addresses);
    }

    private byte[] transport(NftExpression.Payload payload) {
        if (payload.offset() < Short.BYTES && isMasqueraded()) {
            throw new UnsupportedOperationException("the source port after masquerade is not known: " + payload);
        }
        byte[] ports = ByteBuffer.allocate(4)
                .putShort((short) origin.sourcePort())
                .putShort((short) destinationPort)
                .array();
        return part(payload, 0, ports);
    }

    private static byte[] part(NftExpression.Payload payload, int knownOffset, byte[] known) {
        int start = payload.offset() - knownOffset;
        if (start < 0 || start + payload.length() > known.length) {
            throw new UnsupportedOperationException("these bytes of a packet are not known: " + payload);
        }
        return Arrays.copyOfRange(known, start, start + payload.length());
    }

    private static byte[] interfaceName(String name, int length) {
        return Arrays.copyOf(name.getBytes(StandardCharsets.ISO_8859_1), length);
    }

    private static byte[] hostInt(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }
}

package io.fairlead.ingress.proxy.proxyprotocol;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What the header at the start of a buffer says.
 *
 * <p>Immutable.
 */
public sealed interface ProxyHeader {

    /** What came is the beginning of a header. */
    record Incomplete() implements ProxyHeader {}

    /**
     * It is no header, or a broken one: the connection is to be closed.
     *
     * @param reason one clause, which quotes nothing of what came
     */
    record Refused(String reason) implements ProxyHeader {}

    /**
     * The load balancer speaks for itself (a health check), or does not know the client: the addresses of the connection
     * count.
     *
     * @param bytes how long the header is
     */
    record Local(int bytes) implements ProxyHeader {}

    /**
     * The connection is a client's.
     *
     * @param bytes how long the header is
     * @param source of the client
     * @param destination that the client connected to
     */
    record Proxied(int bytes, InetSocketAddress source, InetSocketAddress destination) implements ProxyHeader {}

    /** Longer headers of version 2 carry more than addresses and the usual details; nobody sends that much. */
    int BYTES_MAX = 4096;

    /** Reads the header at the buffer's reader index, which stays where it is. */
    static ProxyHeader read(ByteBuf in) {
        int length = Math.min(in.readableBytes(), Version2.SIGNATURE.length);
        int start = in.readerIndex();
        boolean second = true;
        boolean first = true;
        for (int i = 0; i < length; i++) {
            byte b = in.getByte(start + i);
            second &= b == Version2.SIGNATURE[i];
            first &= i >= Version1.START.length || b == Version1.START[i];
        }
        if (second && length > 0) {
            return Version2.read(in, start);
        }
        return first ? Version1.read(in, start) : new Refused("the connection does not begin with a PROXY header");
    }

    /**
     * The human-readable form (section 2.1).
     *
     * <p>Immutable: it has no state.
     */
    final class Version1 {

        private static final byte[] START = "PROXY ".getBytes(StandardCharsets.US_ASCII);
        private static final int LINE_BYTES_MAX = 107;
        private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");
        private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        private static final Pattern IPV6 = Pattern.compile("(?=.*:)[0-9a-fA-F:.]{2,39}");

        private Version1() {}

        private static ProxyHeader read(ByteBuf in, int start) {
            int max = Math.min(in.readableBytes(), LINE_BYTES_MAX);
            int end = in.indexOf(start, start + max, (byte) '\n');
            if (end < 0) {
                return max < LINE_BYTES_MAX ? new Incomplete() : new Refused("the PROXY line is too long");
            }
            if (in.getByte(end - 1) != '\r') {
                return new Refused("the PROXY line does not end with CR LF");
            }
            String line = in.toString(start, end - 1 - start, StandardCharsets.ISO_8859_1);
            int bytes = end + 1 - start;
            String[] words = line.split(" ", -1);
            if (words.length >= 2 && words[1].equals("UNKNOWN")) {
                return new Local(bytes);
            }
            boolean four = words.length == 6 && words[1].equals("TCP4");
            boolean six = words.length == 6 && words[1].equals("TCP6");
            if (!four && !six) {
                return new Refused("the PROXY line has no form that is known");
            }
            Pattern form = four ? IPV4 : IPV6;
            boolean addresses =
                    form.matcher(words[2]).matches() && form.matcher(words[3]).matches();
            if (!addresses || !isPort(words[4]) || !isPort(words[5])) {
                return new Refused("the PROXY line holds no addresses and ports");
            }
            try {
                // Literals only, by the patterns above: nothing is resolved.
                return new Proxied(
                        bytes,
                        new InetSocketAddress(InetAddress.getByName(words[2]), Integer.parseInt(words[4])),
                        new InetSocketAddress(InetAddress.getByName(words[3]), Integer.parseInt(words[5])));
            } catch (UnknownHostException e) {
                return new Refused("the PROXY line holds no addresses and ports");
            }
        }

        private static boolean isPort(String word) {
            return PORT.matcher(word).matches() && Integer.parseInt(word) <= 65_535;
        }
    }

    /**
     * The binary form (section 2.2).
     *
     * <p>Immutable: it has no state.
     */
    final class Version2 {

        private static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
        private static final int FIXED_BYTES = 16;
        private static final int LOCAL = 0x20;
        private static final int PROXY = 0x21;
        private static final int TCP4 = 0x11;
        private static final int TCP6 = 0x21;
        private static final int TCP4_BYTES = 12;
        private static final int TCP6_BYTES = 36;

        private Version2() {}

        private static ProxyHeader read(ByteBuf in, int start) {
            if (in.readableBytes() < FIXED_BYTES) {
                return new Incomplete();
            }
            int command = in.getUnsignedByte(start + 12);
            int family = in.getUnsignedByte(start + 13);
            int bytes = FIXED_BYTES + in.getUnsignedShort(start + 14);
            if (command != LOCAL && command != PROXY) {
                return new Refused("the PROXY header has a version or command that is not known");
            }
            if (bytes > BYTES_MAX) {
                return new Refused("the PROXY header is too long");
            }
            if (in.readableBytes() < bytes) {
                return new Incomplete();
            }
            if (command == LOCAL) {
                return new Local(bytes);
            }
            int at = start + FIXED_BYTES;
            return switch (family) {
                case TCP4 -> proxied(in, at, bytes, TCP4_BYTES);
                case TCP6 -> proxied(in, at, bytes, TCP6_BYTES);
                // Section 2.2: of families that a receiver does not use, the connection's own addresses count.
                default -> new Local(bytes);
            };
        }

        private static ProxyHeader proxied(ByteBuf in, int at, int bytes, int addressBytes) {
            if (bytes < FIXED_BYTES + addressBytes) {
                return new Refused("the PROXY header is shorter than its addresses");
            }
            int each = addressBytes / 2 - 2;
            int ports = at + 2 * each;
            return new Proxied(
                    bytes,
                    new InetSocketAddress(address(in, at, each), in.getUnsignedShort(ports)),
                    new InetSocketAddress(address(in, at + each, each), in.getUnsignedShort(ports + 2)));
        }

        private static InetAddress address(ByteBuf in, int at, int length) {
            byte[] bytes = new byte[length];
            in.getBytes(at, bytes);
            try {
                return InetAddress.getByAddress(bytes);
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException("4 and 16 bytes are an address", impossible);
            }
        }
    }
}

package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What bytes mean to a reader.
 *
 * <p>Immutable.
 */
enum NftPrinterField {
    ADDRESS,
    PROTOCOL,
    PORT,
    /** Four bytes in host order, in decimal. */
    NUMBER,
    /** Four bytes in host order, in hexadecimal. */
    BITS,
    INTERFACE,
    CT_STATE,
    CT_STATUS,
    ADDRESS_TYPE,
    UNKNOWN;

    static NftPrinterField of(NftType type) {
        return switch (type) {
            case IPV4_ADDR, IPV6_ADDR -> ADDRESS;
            case INET_PROTO -> PROTOCOL;
            case INET_SERVICE -> PORT;
            case MARK -> NUMBER;
        };
    }

    /** The bytes as text; as hexadecimal digits if they are not what this field should be. */
    String decode(byte[] bytes) {
        return switch (this) {
            case ADDRESS -> bytes.length == 4 || bytes.length == 16 ? address(bytes) : hex(bytes);
            case PROTOCOL -> bytes.length == 1 ? protocol(bytes[0] & 0xff) : hex(bytes);
            case PORT ->
                bytes.length == 2 ? Integer.toString(ByteBuffer.wrap(bytes).getShort() & 0xffff) : hex(bytes);
            case NUMBER -> bytes.length == 4 ? Integer.toUnsignedString(hostInt(bytes)) : hex(bytes);
            case BITS -> bytes.length == 4 ? "0x%08x".formatted(hostInt(bytes)) : hex(bytes);
            case INTERFACE -> '"' + interfaceName(bytes) + '"';
            case CT_STATE -> bytes.length == 4 ? bits(hostInt(bytes), CT_STATES) : hex(bytes);
            case CT_STATUS -> bytes.length == 4 ? bits(hostInt(bytes), CT_STATUSES) : hex(bytes);
            case ADDRESS_TYPE -> bytes.length == 4 ? addressType(hostInt(bytes)) : hex(bytes);
            case UNKNOWN -> hex(bytes);
        };
    }

    /** A key or value of a set. */
    static String decode(List<NftType> types, NftData data) {
        byte[] bytes = data.toBytes();
        List<String> fields = new ArrayList<>();
        int offset = 0;
        for (NftType type : types) {
            byte[] field = new byte[type.length()];
            System.arraycopy(bytes, offset, field, 0, field.length);
            fields.add(of(type).decode(field));
            offset += type.paddedLength();
        }
        return String.join(" . ", fields);
    }

    private static final List<String> CT_STATES = List.of("invalid", "established", "related", "new");
    private static final List<String> CT_STATUSES =
            List.of("expected", "seen-reply", "assured", "confirmed", "snat", "dnat");

    private static int hostInt(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt();
    }

    private static String hex(byte[] bytes) {
        return NftData.of(bytes).toString();
    }

    private static String bits(int value, List<String> names) {
        List<String> set = new ArrayList<>();
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            if ((value & 1 << bit) != 0) {
                set.add(bit < names.size() ? names.get(bit) : "0x%x".formatted(1 << bit));
            }
        }
        return set.isEmpty() ? "0" : String.join("|", set);
    }

    private static String addressType(int type) {
        return switch (type) {
            case 1 -> "unicast";
            case 2 -> "local";
            case 3 -> "broadcast";
            case 5 -> "multicast";
            default -> Integer.toString(type);
        };
    }

    /** The name of an IP protocol, as {@code nft} writes it. */
    static String protocol(int number) {
        return switch (number) {
            case 1 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            case 58 -> "ipv6-icmp";
            case 132 -> "sctp";
            default -> Integer.toString(number);
        };
    }

    private static String interfaceName(byte[] bytes) {
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static String address(byte[] bytes) {
        try {
            return bytes.length == 4 ? InetAddress.getByAddress(bytes).getHostAddress() : address6(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 bytes are always an address", e);
        }
    }

    /** RFC 5952 section 4: the longest run of two or more zero groups becomes "::", the first one of equals. */
    private static String address6(byte[] bytes) {
        ByteBuffer groups = ByteBuffer.wrap(bytes);
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups.getShort(2 * end) == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups.getShort(2 * i) & 0xffff));
        }
        return text.toString();
    }
}

package io.fairlead.kernel.route;

import java.util.HexFormat;

/**
 * The address of an Ethernet link.
 *
 * <p>Immutable.
 *
 * @param bits in the low 48 bits, first byte highest
 */
public record MacAddress(long bits) {

    /** What links without an Ethernet address have: loopback, tunnels. */
    public static final MacAddress NONE = new MacAddress(0);

    static final int BYTES = 6;

    public MacAddress {
        if (bits >>> (BYTES * Byte.SIZE) != 0) {
            throw new IllegalArgumentException(Long.toHexString(bits) + " has more than 48 bits");
        }
    }

    /** Six bytes; anything else is the address of another kind of link and gives {@link #NONE}. */
    public static MacAddress of(byte[] bytes) {
        if (bytes.length != BYTES) {
            return NONE;
        }
        long bits = 0;
        for (byte one : bytes) {
            bits = bits << Byte.SIZE | one & 0xff;
        }
        return new MacAddress(bits);
    }

    /** Six bytes in the order of transmission. */
    public byte[] toBytes() {
        byte[] bytes = new byte[BYTES];
        long rest = bits;
        for (int i = BYTES - 1; i >= 0; i--) {
            bytes[i] = (byte) rest;
            rest >>>= Byte.SIZE;
        }
        return bytes;
    }

    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(toBytes());
    }
}

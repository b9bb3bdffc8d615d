package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Protocol;
import java.nio.ByteOrder;

/**
 * Writes keys and values of the table's maps. Fields of a concatenation are padded to four bytes; addresses and ports
 * are in network order, numbers in host order, because registers hold them so.
 *
 * <p>The arrays are scratch space: a returned one is overwritten by the next call for the same kind of key. Confined
 * to the proxy loop's thread.
 */
final class Keys {

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    static final byte[] NO_VALUE = {};

    private final int addressBytes;
    private final byte[] frontend;
    private final byte[] indexed;
    private final byte[] source;
    private final byte[] pair;
    private final byte[] address;
    private final byte[] number = new byte[Integer.BYTES];

    Keys(IpFamily family) {
        this.addressBytes = family.addressBytes();
        this.frontend = new byte[addressBytes + 8];
        this.indexed = new byte[addressBytes + 12];
        this.source = new byte[addressBytes * 2 + 8];
        this.pair = new byte[addressBytes * 2];
        this.address = new byte[addressBytes];
    }

    /** Bytes of a frontend, with which the longer keys begin. */
    int frontendBytes() {
        return frontend.length;
    }

    byte[] frontend(FrontendKey key) {
        write(key, frontend);
        return frontend;
    }

    /** Starts a series of keys that differ in their index only. */
    byte[] indexed(FrontendKey key) {
        write(key, indexed);
        return indexed;
    }

    /** Changes the index of the key that {@link #indexed(FrontendKey)} started. */
    byte[] index(int index) {
        writeHostInt(index, indexed, addressBytes + 8);
        return indexed;
    }

    byte[] source(FrontendKey key, IpPrefix range) {
        write(key, source);
        range.address().writeTo(source, addressBytes + 8);
        return source;
    }

    byte[] pair(IpAddress both) {
        both.writeTo(pair, 0);
        both.writeTo(pair, addressBytes);
        return pair;
    }

    byte[] address(IpAddress value) {
        value.writeTo(address, 0);
        return address;
    }

    byte[] number(int value) {
        writeHostInt(value, number, 0);
        return number;
    }

    /** A fresh array: address and padded port. */
    byte[] backend(Backend backend) {
        byte[] value = new byte[addressBytes + 4];
        backend.address().writeTo(value, 0);
        writePort(backend.port(), value, addressBytes);
        return value;
    }

    /** The frontend that a key begins with. */
    static FrontendKey readFrontend(byte[] key, int addressBytes) {
        byte[] address = new byte[addressBytes];
        System.arraycopy(key, 0, address, 0, addressBytes);
        int number = key[addressBytes] & 0xff;
        int port = (key[addressBytes + 4] & 0xff) << 8 | key[addressBytes + 5] & 0xff;
        Protocol protocol = Protocol.TCP;
        for (Protocol candidate : Protocol.values()) {
            protocol = candidate.number() == number ? candidate : protocol;
        }
        return new FrontendKey(IpAddress.ofBytes(address), port, protocol);
    }

    /** A backend from a map's value; whether it is local is not in there. */
    static Backend readBackend(byte[] value, int addressBytes) {
        byte[] address = new byte[addressBytes];
        System.arraycopy(value, 0, address, 0, addressBytes);
        int port = (value[addressBytes] & 0xff) << 8 | value[addressBytes + 1] & 0xff;
        return new Backend(IpAddress.ofBytes(address), port, Backend.Where.UNKNOWN);
    }

    static int readHostInt(byte[] bytes, int offset) {
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            int shift = LITTLE_ENDIAN ? 8 * i : 24 - 8 * i;
            value |= (bytes[offset + i] & 0xff) << shift;
        }
        return value;
    }

    private void write(FrontendKey key, byte[] target) {
        key.address().writeTo(target, 0);
        target[addressBytes] = (byte) key.protocol().number();
        writePort(key.port(), target, addressBytes + 4);
    }

    private static void writePort(int port, byte[] target, int offset) {
        target[offset] = (byte) (port >>> 8);
        target[offset + 1] = (byte) port;
    }

    private static void writeHostInt(int value, byte[] target, int offset) {
        for (int i = 0; i < Integer.BYTES; i++) {
            int shift = LITTLE_ENDIAN ? 8 * i : 24 - 8 * i;
            target[offset + i] = (byte) (value >>> shift);
        }
    }
}

package io.fairlead.kernel.netlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The codec on bytes: layout, limits, and datagrams that lie. */
class NetlinkCodecTest {

    private static final int ERROR = 2;

    private final NetlinkWriter writer = new NetlinkWriter(1 << 20);
    private final NetlinkMessage message = new NetlinkMessage();
    private final NetlinkAttributes attributes = new NetlinkAttributes();

    private byte[] written() {
        return Arrays.copyOf(writer.buffer(), writer.size());
    }

    private void read() {
        byte[] bytes = written();
        message.reset(bytes, bytes.length);
    }

    @Test
    void padsEveryAttributeWithZerosToFourBytes() {
        // What was in the buffer before must not show through.
        writer.beginMessage(1, 0, 1);
        writer.putBytes(1, filled(64));
        writer.clear();
        writer.beginMessage(1, 0, 1);
        for (int length = 0; length <= 9; length++) {
            writer.putBytes(length + 1, filled(length));
        }
        writer.putByte(100, 0xee);
        writer.putShort(101, 0xeeee);
        writer.putText(102, "abcd");
        writer.endMessage();

        byte[] bytes = written();
        int at = NetlinkWriter.HEADER_BYTES;
        for (int length = 0; length <= 9; length++) {
            assertEquals(4 + length, NativeBytes.getShort(bytes, at));
            assertEquals(length + 1, NativeBytes.getShort(bytes, at + 2));
            int padded = (length + 3) / 4 * 4;
            assertArrayEquals(
                    Arrays.copyOf(filled(length), padded), Arrays.copyOfRange(bytes, at + 4, at + 4 + padded));
            at += 4 + padded;
        }
        assertArrayEquals(new byte[] {(byte) 0xee, 0, 0, 0}, Arrays.copyOfRange(bytes, at + 4, at + 8));
        assertArrayEquals(new byte[] {(byte) 0xee, (byte) 0xee, 0, 0}, Arrays.copyOfRange(bytes, at + 12, at + 16));
        assertArrayEquals(new byte[] {'a', 'b', 'c', 'd', 0, 0, 0, 0}, Arrays.copyOfRange(bytes, at + 20, at + 28));
        assertEquals(bytes.length, at + 28);
        assertEquals(bytes.length, NativeBytes.getInt(bytes, 0));
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0xee);
        return bytes;
    }

    @Test
    void readsBackWhatItWrote() {
        writer.beginMessage(0xa03, 0x405, 77);
        writer.fixedByte(2);
        writer.fixedByte(0);
        writer.fixedNetworkShort(10);
        int outer = writer.beginNested(1);
        writer.putByte(1, 200);
        writer.putShort(2, 0xfedc);
        writer.putNetworkShort(3, 0xfedc);
        writer.putInt(4, 0xfedcba98);
        writer.putNetworkInt(5, 0xfedcba98);
        writer.putNetworkLong(6, 0xfedcba9876543210L);
        writer.putText(7, "Fährlead");
        writer.flag(8);
        writer.endNested(outer);
        writer.endMessage();
        writer.beginMessage(5, 0, 78);
        writer.endMessage();

        read();
        assertTrue(message.next());
        assertEquals(0xa03, message.type());
        assertEquals(0x405, message.flags());
        assertEquals(77, message.sequence());
        assertEquals(2, message.byteAt(0));
        assertEquals(10, message.networkShortAt(2));
        message.attributes(4, attributes);
        assertTrue(attributes.next());
        assertEquals(1, attributes.type());
        NetlinkAttributes inner = new NetlinkAttributes();
        attributes.nested(inner);
        readInner(inner);
        assertFalse(attributes.next());
        assertTrue(message.next());
        assertEquals(78, message.sequence());
        message.attributes(0, attributes);
        assertFalse(attributes.next());
        assertFalse(message.next());
    }

    private static void readInner(NetlinkAttributes inner) {
        assertTrue(inner.next());
        assertEquals(200, inner.byteValue());
        assertTrue(inner.next());
        assertEquals(0xfedc, inner.shortValue());
        assertTrue(inner.next());
        assertEquals(0xfedc, inner.networkShortValue());
        assertTrue(inner.next());
        assertEquals(0xfedcba98, inner.intValue());
        assertTrue(inner.next());
        assertEquals(0xfedcba98, inner.networkIntValue());
        assertTrue(inner.next());
        assertEquals(0xfedcba9876543210L, inner.networkLongValue());
        assertTrue(inner.next());
        assertEquals("Fährlead", inner.textValue());
        assertTrue(inner.textEquals("Fährlead"));
        assertFalse(inner.textEquals("Fahrlead"));
        assertFalse(inner.textEquals("Fährlea"));
        assertTrue(inner.next());
        assertEquals(0, inner.length());
        assertFalse(inner.next());
    }

    @Test
    void growsToItsLimitAndNoFurther() {
        NetlinkWriter small = new NetlinkWriter(20_000);
        small.beginMessage(1, 0, 1);
        small.putBytes(1, new byte[15_000]);
        assertThrows(KernelException.class, () -> small.putBytes(1, new byte[15_000]));
        small.clear();
        small.beginMessage(1, 0, 1);
        small.endMessage();
        assertEquals(NetlinkWriter.HEADER_BYTES, small.size());
    }

    @Test
    void refusesAttributesLongerThanTheirLengthCanSay() {
        writer.beginMessage(1, 0, 1);
        assertThrows(KernelException.class, () -> writer.putBytes(1, new byte[0xfffc]));
        int nest = writer.beginNested(1);
        writer.putBytes(1, new byte[40_000]);
        writer.putBytes(1, new byte[40_000]);
        assertThrows(KernelException.class, () -> writer.endNested(nest));
    }

    @Test
    void refusesMessagesThatLeaveTheDatagram() {
        writer.beginMessage(1, 0, 1);
        writer.putInt(1, 1);
        writer.endMessage();
        byte[] good = written();
        for (int length : new int[] {-1, 0, 15, good.length + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            byte[] bytes = good.clone();
            NativeBytes.putInt(bytes, 0, length);
            message.reset(bytes, bytes.length);
            assertThrows(KernelException.class, message::next, "length " + length);
        }
        for (int cut = 1; cut < good.length; cut++) {
            message.reset(good, cut);
            assertThrows(KernelException.class, message::next, "cut to " + cut);
        }
        message.reset(good, 0);
        assertFalse(message.next());
    }

    @Test
    void refusesAttributesThatLeaveTheirMessage() {
        writer.beginMessage(1, 0, 1);
        writer.putInt(1, 1);
        writer.endMessage();
        byte[] good = written();
        for (int length : new int[] {0, 1, 3, 9, 0xffff}) {
            byte[] bytes = good.clone();
            NativeBytes.putShort(bytes, NetlinkWriter.HEADER_BYTES, length);
            message.reset(bytes, bytes.length);
            assertTrue(message.next());
            message.attributes(0, attributes);
            assertThrows(KernelException.class, attributes::next, "length " + length);
        }
        message.reset(good, good.length);
        assertTrue(message.next());
        assertThrows(KernelException.class, () -> message.attributes(12, attributes));
        assertThrows(KernelException.class, () -> message.attributes(-4, attributes));
        assertThrows(KernelException.class, () -> message.intAt(5));
        assertThrows(KernelException.class, () -> message.byteAt(-1));
    }

    @Test
    void refusesValuesOfAnotherWidth() {
        writer.beginMessage(1, 0, 1);
        writer.putInt(1, 1);
        writer.endMessage();
        read();
        assertTrue(message.next());
        message.attributes(0, attributes);
        assertTrue(attributes.next());

        assertThrows(KernelException.class, attributes::byteValue);
        assertThrows(KernelException.class, attributes::shortValue);
        assertThrows(KernelException.class, attributes::networkLongValue);
        assertThrows(KernelException.class, () -> attributes.copyTo(new byte[5]));
        assertEquals(1, attributes.intValue());
    }

    @Test
    void readsRandomBytesWithoutLeavingThem() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length >= 4 && random.nextInt(4) != 0) {
                NativeBytes.putInt(bytes, 0, random.nextInt(bytes.length + 4));
            }
            try {
                walk(bytes);
            } catch (KernelException expected) {
                assertEquals("decode", expected.operation(), () -> "seed " + seed);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    private void walk(byte[] bytes) {
        message.reset(bytes, bytes.length);
        while (message.next()) {
            if (message.type() % 2 == 0) {
                NetlinkAnswer.decode(message);
            }
            message.attributes(message.byteAt(0) & 0x1c, attributes);
            walk(attributes, 0);
        }
    }

    private static void walk(NetlinkAttributes run, int depth) {
        NetlinkAttributes inner = new NetlinkAttributes();
        while (run.next()) {
            assertEquals(run.length(), run.bytesValue().length);
            assertTrue(run.textValue().length() <= run.length());
            if (depth < 5) {
                run.nested(inner);
                walk(inner, depth + 1);
            }
        }
    }

    /** As netlink_ack() of the kernel makes it. */
    private void error(int flags, int status, byte[] request) {
        writer.clear();
        writer.beginMessage(ERROR, flags, 9);
        writer.fixedInt(status);
        for (byte b : request) {
            writer.fixedByte(b);
        }
    }

    private NetlinkAnswer answer() {
        writer.endMessage();
        read();
        assertTrue(message.next());
        return NetlinkAnswer.decode(message);
    }

    @Test
    void decodesAcknowledgementsAndErrors() {
        byte[] request = new byte[24];
        NativeBytes.putInt(request, 0, request.length);

        error(0x100, 0, new byte[16]);
        assertEquals(new NetlinkAnswer(9, 0, "", -1), answer());
        error(0, -Errno.ENOENT, request);
        assertEquals(new NetlinkAnswer(9, Errno.ENOENT, "", -1), answer());
        error(0x300, -Errno.EBUSY, new byte[16]);
        writer.putText(1, "in use");
        writer.putInt(2, 40);
        writer.putInt(99, 1);
        assertEquals(new NetlinkAnswer(9, Errno.EBUSY, "in use", 40), answer());
        error(0x200, -Errno.EBUSY, request);
        writer.putText(1, "whole request");
        assertEquals(new NetlinkAnswer(9, Errno.EBUSY, "whole request", -1), answer());
    }

    @Test
    void refusesErrorsThatLie() {
        error(0x100, 1, new byte[16]);
        assertThrows(KernelException.class, this::answer);
        error(0x100, -9000, new byte[16]);
        assertThrows(KernelException.class, this::answer);
        byte[] request = new byte[16];
        for (int length : new int[] {-1, 0, 8, 4000}) {
            NativeBytes.putInt(request, 0, length);
            error(0x200, -Errno.EBUSY, request);
            assertThrows(KernelException.class, this::answer, "length " + length);
        }
    }
}

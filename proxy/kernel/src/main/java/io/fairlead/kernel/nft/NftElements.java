package io.fairlead.kernel.nft;

import java.util.Arrays;

/**
 * A run of elements of one set in one flat buffer: cold start adds hundreds of thousands, so an element is no object.
 *
 * <p>Every element is its key followed by its value; the value of a verdict map is the four-byte number that
 * {@link NftVerdicts} gave the verdict, big-endian. Confined to the thread that builds or applies the transaction.
 */
public final class NftElements {

    private static final int INITIAL = 16;

    private final int keyLength;
    private final int valueLength;
    private byte[] bytes;
    private int count;

    /** @param valueLength 0 for plain sets and for deletions */
    public NftElements(int keyLength, int valueLength) {
        this.keyLength = keyLength;
        this.valueLength = valueLength;
        this.bytes = new byte[INITIAL * (keyLength + valueLength)];
    }

    /** Appends an element; reads {@code key} and {@code value} from offset 0. */
    public void add(byte[] key, byte[] value) {
        int stride = keyLength + valueLength;
        if ((count + 1) * stride > bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        System.arraycopy(key, 0, bytes, count * stride, keyLength);
        System.arraycopy(value, 0, bytes, count * stride + keyLength, valueLength);
        count++;
    }

    public int count() {
        return count;
    }

    public int keyLength() {
        return keyLength;
    }

    public int valueLength() {
        return valueLength;
    }

    /** The backing buffer: element {@code i} starts at {@code i * (keyLength + valueLength)}. Not to be changed. */
    public byte[] buffer() {
        return bytes;
    }

    /** Offset in {@link #buffer()} of the key of element {@code index}. */
    public int keyOffset(int index) {
        return index * (keyLength + valueLength);
    }

    /** Offset in {@link #buffer()} of the value of element {@code index}. */
    public int valueOffset(int index) {
        return keyOffset(index) + keyLength;
    }

    /** The value of element {@code index} of a verdict map. */
    public int verdictNumber(int index) {
        int offset = valueOffset(index);
        return bytes[offset] << 24
                | (bytes[offset + 1] & 0xff) << 16
                | (bytes[offset + 2] & 0xff) << 8
                | (bytes[offset + 3] & 0xff);
    }

    /** Whether no key occurs twice. */
    public boolean distinct() {
        int mask = Integer.highestOneBit(Math.max(count, 1)) * 4 - 1;
        int[] slots = new int[mask + 1];
        for (int i = 0; i < count; i++) {
            int slot = keyHash(i) & mask;
            while (slots[slot] != 0) {
                int other = slots[slot] - 1;
                if (Arrays.equals(bytes, keyOffset(i), valueOffset(i), bytes, keyOffset(other), valueOffset(other))) {
                    return false;
                }
                slot = (slot + 1) & mask;
            }
            slots[slot] = i + 1;
        }
        return true;
    }

    private int keyHash(int index) {
        int hash = 0;
        for (int i = keyOffset(index); i < valueOffset(index); i++) {
            hash = 31 * hash + bytes[i];
        }
        // Keys are mostly counted upwards: without this they would fill a few long runs.
        return (hash * 0x9e3779b9) >>> 8;
    }
}

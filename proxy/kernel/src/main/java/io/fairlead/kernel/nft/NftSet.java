package io.fairlead.kernel.nft;

import java.util.List;

/**
 * A named set or map. Sets of more than one key field are concatenations.
 *
 * <p>Immutable.
 *
 * @param key one or more fields
 * @param data fields of the value; empty for a plain set and for a verdict map
 * @param verdicts whether the value of an element is a verdict
 * @param dynamic whether rules add records with a time-out to it (flags {@code dynamic, timeout})
 * @param size most elements, 0 for no limit; must be given for dynamic sets. With a size the kernel takes a hash table
 *     of that size instead of one that grows: three times faster to fill and to read
 */
public record NftSet(String name, List<NftType> key, List<NftType> data, boolean verdicts, boolean dynamic, int size) {

    public NftSet {
        key = List.copyOf(key);
        data = List.copyOf(data);
    }

    /** A plain set. */
    public static NftSet set(String name, NftType... key) {
        return new NftSet(name, List.of(key), List.of(), false, false, 0);
    }

    /** A map to data. */
    public static NftSet map(String name, List<NftType> key, NftType... data) {
        return new NftSet(name, key, List.of(data), false, false, 0);
    }

    /** A verdict map. */
    public static NftSet verdictMap(String name, NftType... key) {
        return new NftSet(name, List.of(key), List.of(), true, false, 0);
    }

    /** A map whose records are written by rules and expire. */
    public static NftSet records(String name, int size, List<NftType> key, NftType... data) {
        return new NftSet(name, key, List.of(data), false, true, size);
    }

    /** Bytes of a key; fields of a concatenation are padded, a single field is not. */
    public int keyLength() {
        return length(key);
    }

    /** Bytes of a value (0 for plain sets and verdict maps). */
    public int dataLength() {
        return length(data);
    }

    /** Bytes of a value in {@link NftElements}: that of a verdict is a number. */
    public int valueLength() {
        return verdicts ? Integer.BYTES : dataLength();
    }

    private static int length(List<NftType> fields) {
        int length = 0;
        for (NftType field : fields) {
            length += fields.size() == 1 ? field.length() : field.paddedLength();
        }
        return length;
    }
}

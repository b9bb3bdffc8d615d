package io.fairlead.ingress.route;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A hash table whose keys are bytes and are asked for as a range of somebody else's array.
 *
 * <p>Only those who write routes put keys in. A request can but ask, and asking costs at most the longest run of
 * neighbours that the keys made: no choice of requests makes it longer. That no choice of keys makes long runs
 * either, by
 * a tenant who would slow down the others, is the matter of the seed, which is drawn for each table of routes,
 * and of a
 * hash in which every bit of a word changes about half of the result in a way that depends on the seed.
 *
 * <p>Open addressing with linear probing, at most half full. Confined to the thread that fills it, and
 * immutable as soon as its table is built.
 */
public final class ByteKeys<T> {

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Any odd number with as many ones as zeros, well mixed: the fraction of the golden ratio. */
    private static final long FACTOR = 0x9e3779b97f4a7c15L;

    private static final long EACH_BYTE = 0x0101010101010101L;
    private static final long HIGHEST_BITS = 0x8080808080808080L;

    private final long seed;
    private final boolean lowerCase;
    private @Nullable Entry<T>[] slots;
    private int size;

    /**
     * A key with its hash, and what is kept under it. Tables with one seed share entries.
     *
     * <p>Immutable: the key is never written to again.
     */
    public static final class Entry<T> {

        private final byte[] key;
        private final int hash;
        private final T value;

        Entry(byte[] key, int hash, T value) {
            this.key = key;
            this.hash = hash;
            this.value = value;
        }

        int hash() {
            return hash;
        }
    }

    /** @param lowerCase whether letters that are asked for are put in lower case; keys are in lower case then */
    public ByteKeys(long seed, boolean lowerCase, int expected) {
        this.seed = seed;
        this.lowerCase = lowerCase;
        slots = newSlots(Math.max(2, Integer.highestOneBit(Math.max(1, 4 * expected - 1))));
    }

    public Entry<T> entry(byte[] key, T value) {
        return new Entry<>(key, hash(key, 0, key.length), value);
    }

    /** Adds a key that is not there, made by a table with the same seed. */
    public void add(Entry<T> entry) {
        if (2 * (size + 1) > slots.length) {
            @Nullable Entry<T>[] old = slots;
            slots = newSlots(2 * old.length);
            for (Entry<T> moved : old) {
                if (moved != null) {
                    place(moved);
                }
            }
        }
        size++;
        place(entry);
    }

    private void place(Entry<T> entry) {
        int at = entry.hash & slots.length - 1;
        while (slots[at] != null) {
            at = at + 1 & slots.length - 1;
        }
        slots[at] = entry;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Hot path: what is kept under these bytes. */
    @Nullable
    public T find(byte[] text, int from, int to) {
        int hash = hash(text, from, to);
        int mask = slots.length - 1;
        for (int at = hash & mask; ; at = at + 1 & mask) {
            Entry<T> entry = slots[at];
            if (entry == null) {
                return null;
            }
            if (entry.hash == hash && isKey(entry.key, text, from, to)) {
                return entry.value;
            }
        }
    }

    private boolean isKey(byte[] key, byte[] text, int from, int to) {
        if (key.length != to - from) {
            return false;
        }
        int i = 0;
        for (; key.length - i >= Long.BYTES; i += Long.BYTES) {
            if ((long) WORDS.get(key, i) != word(text, from + i)) {
                return false;
            }
        }
        return i == key.length || tail(key, i, key.length) == tail(text, from + i, to);
    }

    /** Words of eight bytes, each folded into a product of 128 bits (the way of wyhash). */
    private int hash(byte[] text, int from, int to) {
        long hash = seed ^ to - from;
        int at = from;
        for (; to - at >= Long.BYTES; at += Long.BYTES) {
            hash = fold(hash ^ word(text, at));
        }
        hash = fold(hash ^ tail(text, at, to));
        return (int) (hash ^ hash >>> Integer.SIZE);
    }

    private static long fold(long word) {
        return word * FACTOR ^ Math.unsignedMultiplyHigh(word, FACTOR);
    }

    private long word(byte[] text, int at) {
        long word = (long) WORDS.get(text, at);
        return lowerCase ? lowerCase(word) : word;
    }

    /** The last bytes, fewer than eight. */
    private long tail(byte[] text, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word = word << Byte.SIZE | text[i] & 0xff;
        }
        return lowerCase ? lowerCase(word) : word;
    }

    /**
     * Eight bytes with {@code A} to {@code Z} in lower case. A byte's highest bit is set in {@code atLeastA}
     * exactly if its
     * other bits are {@code A} or more, since they and the addend carry into it; so with {@code aboveZ}.
     */
    static long lowerCase(long word) {
        long low = word & ~HIGHEST_BITS;
        long atLeastA = low + (0x80 - 'A') * EACH_BYTE;
        long aboveZ = low + (0x7f - 'Z') * EACH_BYTE;
        long upper = (atLeastA ^ aboveZ) & ~word & HIGHEST_BITS;
        return word | upper >>> 2;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // A generic array; it never leaves this object.
    private static <T> @Nullable Entry<T>[] newSlots(int length) {
        return new Entry[length];
    }
}

package io.fairlead.ingress.route;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A hash table whose keys are bytes and are asked for as a range of somebody else's array.
 *
 * <p>Only those who write routes put keys in. A request can but ask, and asking costs at most the longest run of
 * neighbours that the keys made: no choice of requests makes it slower. That no choice of *keys* makes long runs, by a
 * tenant who would slow down the others, is the matter of the seed, which is drawn for each table of routes.
 *
 * <p>Open addressing with linear probing, at most half full. Filled by one thread, then immutable.
 */
final class ByteKeys<T> {

    /** FNV-1a's prime: one multiplication a byte, which is what a range that is read byte by byte can pay for. */
    private static final int PRIME = 0x01000193;

    private @Nullable Entry<T>[] slots;
    private int size;

    /**
     * A key with its {@link #finish finished} hash, and what is kept under it. Tables share entries.
     *
     * <p>Immutable: the key is never written to again.
     */
    static final class Entry<T> {

        private final byte[] key;
        private final int hash;
        private final T value;

        Entry(byte[] key, int hash, T value) {
            this.key = key;
            this.hash = hash;
            this.value = value;
        }
    }

    ByteKeys(int expected) {
        slots = newSlots(Math.max(2, Integer.highestOneBit(Math.max(1, 4 * expected - 1))));
    }

    /** Takes one more byte into a hash that began as the seed. */
    static int step(int hash, byte b) {
        return (hash ^ b) * PRIME;
    }

    /** Spreads what the last bytes changed over all bits; the lowest choose the slot. */
    static int finish(int hash) {
        int mixed = (hash ^ hash >>> 16) * 0x85ebca6b;
        return mixed ^ mixed >>> 13;
    }

    /** Adds a key that is not there. */
    void add(Entry<T> entry) {
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

    boolean isEmpty() {
        return size == 0;
    }

    /** Hot path: what is kept under these bytes. */
    @Nullable
    T find(byte[] text, int from, int to, int hash) {
        int mask = slots.length - 1;
        for (int at = hash & mask; ; at = at + 1 & mask) {
            Entry<T> entry = slots[at];
            if (entry == null) {
                return null;
            }
            if (entry.hash == hash && Arrays.equals(entry.key, 0, entry.key.length, text, from, to)) {
                return entry.value;
            }
        }
    }

    /** Hot path: what is kept under these bytes when their letters are put in lower case. */
    @Nullable
    T findLowerCase(byte[] text, int from, int to, int hash) {
        int mask = slots.length - 1;
        for (int at = hash & mask; ; at = at + 1 & mask) {
            Entry<T> entry = slots[at];
            if (entry == null) {
                return null;
            }
            if (entry.hash == hash && equalsLowerCase(entry.key, text, from, to)) {
                return entry.value;
            }
        }
    }

    static byte lowerCase(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }

    private static boolean equalsLowerCase(byte[] key, byte[] text, int from, int to) {
        if (key.length != to - from) {
            return false;
        }
        for (int i = 0; i < key.length; i++) {
            if (key[i] != lowerCase(text[from + i])) {
                return false;
            }
        }
        return true;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // A generic array; it never leaves this object.
    private static <T> @Nullable Entry<T>[] newSlots(int length) {
        return new Entry[length];
    }
}

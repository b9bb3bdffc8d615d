package io.fairlead.kernel;

import java.util.Arrays;

/**
 * Desired state against observed state of one kernel map, and what has to be done about the difference.
 *
 * <pre>
 *                 desired                 observed (in the kernel)
 *            .-----------------.      .-----------------.
 *            |                 |      |                 |
 *            |       ADD       | same |     DELETE      |
 *            |                 |  or  |                 |
 *            |                 |REPLACE                 |
 *            '-----------------'      '-----------------'
 * </pre>
 *
 * <p>Start, drift, restart and retry are the same operation: {@link #observe} what is there, {@link #desire} what
 * should be, apply what is pending, and report each piece that was {@link #applied}. No I/O happens here.
 *
 * <p>Keys and values have fixed widths and live in one flat open-addressing table, because there are hundreds of
 * thousands: an entry costs its bytes and nothing else. A value stands there once while desired and observed agree;
 * an entry is found by a <em>slot</em>, which stays valid until the next {@code desire} or {@code observe} of a new
 * key. Entries whose two sides differ are queued once, in the order in which they began to differ.
 *
 * <p>Confined to the thread of the data plane that owns it.
 */
public final class DeltaTracker {

    /** What has to be done about an entry. */
    public enum Pending {
        NONE,
        ADD,
        REPLACE,
        DELETE
    }

    /** Receives an entry; the arrays are reused between calls. */
    @FunctionalInterface
    public interface EntryVisitor {
        void entry(byte[] key, byte[] value);
    }

    private static final int INITIAL_SLOTS = 16;

    /** Prime of the 32-bit FNV hash. */
    private static final int MULTIPLIER = 0x01000193;

    private static final byte DESIRED = 1;
    private static final byte OBSERVED = 2;
    /** Both sides exist and their values differ. */
    private static final byte DIFFERS = 4;

    private static final byte QUEUED = 8;
    /** Free again, but a probe must go on behind it. */
    private static final byte TOMBSTONE = 16;

    private final int keyBytes;
    private final int valueBytes;
    private final int stride;

    private byte[] flags = new byte[INITIAL_SLOTS];
    /** Per slot: eight bits of the key's hash that do not choose the slot, to pass over most other keys. */
    private byte[] tags = new byte[INITIAL_SLOTS];

    /** Per slot: key, desired value (or the observed one where nothing is desired). */
    private byte[] entries;

    private int used;
    private int live;
    private int desiredCount;
    private int[] queue = new int[INITIAL_SLOTS];
    private int queued;

    /** @param valueBytes 0 for a plain set */
    public DeltaTracker(int keyBytes, int valueBytes) {
        this.keyBytes = keyBytes;
        this.valueBytes = valueBytes;
        this.stride = keyBytes + valueBytes;
        this.entries = new byte[INITIAL_SLOTS * stride];
    }

    /** Entries that are desired. */
    public int desiredCount() {
        return desiredCount;
    }

    /** Notes that the kernel holds this entry. */
    public void observe(byte[] key, byte[] value) {
        int slot = findOrInsert(key);
        flags[slot] &= ~DIFFERS;
        if ((flags[slot] & DESIRED) == 0) {
            System.arraycopy(value, 0, entries, slot * stride + keyBytes, valueBytes);
        } else if (!valueEquals(slot, value)) {
            flags[slot] |= DIFFERS;
        }
        flags[slot] |= OBSERVED;
        enqueueIfPending(slot);
    }

    /** Wants this entry in the kernel. The arrays are copied. */
    public void desire(byte[] key, byte[] value) {
        int slot = findOrInsert(key);
        if ((flags[slot] & DESIRED) == 0) {
            flags[slot] |= DESIRED;
            desiredCount++;
        }
        if ((flags[slot] & OBSERVED) != 0 && !valueEquals(slot, value)) {
            // The kernel's own value is forgotten from here on, so a return to it is a replacement too.
            flags[slot] |= DIFFERS;
        }
        System.arraycopy(value, 0, entries, slot * stride + keyBytes, valueBytes);
        enqueueIfPending(slot);
    }

    /** Does not want this entry in the kernel. */
    public void undesire(byte[] key) {
        int slot = find(key);
        if (slot >= 0 && (flags[slot] & DESIRED) != 0) {
            flags[slot] &= ~DESIRED;
            desiredCount--;
            enqueueIfPending(slot);
            removeIfDead(slot);
        }
    }

    /**
     * The value of a key: the desired one, else the one that was last known.
     *
     * @return whether there is such an entry; only then {@code value} was written
     */
    public boolean lookup(byte[] key, byte[] value) {
        int slot = find(key);
        boolean held = slot >= 0 && (flags[slot] & (DESIRED | OBSERVED)) != 0;
        if (held) {
            System.arraycopy(entries, slot * stride + keyBytes, value, 0, valueBytes);
        }
        return held;
    }

    /** Whether an entry is in the kernel, as far as is known. */
    public boolean isObserved(byte[] key) {
        int slot = find(key);
        return slot >= 0 && (flags[slot] & OBSERVED) != 0;
    }

    /** Queued slots; some may have come to rest since. */
    public int queued() {
        return queued;
    }

    /** The slot at a place of the queue, 0 to {@code queued() - 1}. */
    public int queuedSlot(int place) {
        return queue[place];
    }

    /** What has to be done about a slot. */
    public Pending pending(int slot) {
        return switch (flags[slot] & (DESIRED | OBSERVED | DIFFERS)) {
            case DESIRED -> Pending.ADD;
            case OBSERVED, OBSERVED | DIFFERS -> Pending.DELETE;
            case DESIRED | OBSERVED | DIFFERS -> Pending.REPLACE;
            default -> Pending.NONE;
        };
    }

    /** Copies the entry of a slot. */
    public void read(int slot, byte[] key, byte[] value) {
        System.arraycopy(entries, slot * stride, key, 0, keyBytes);
        System.arraycopy(entries, slot * stride + keyBytes, value, 0, valueBytes);
    }

    /** The kernel took what was pending for this slot. */
    public void applied(int slot) {
        if ((flags[slot] & DESIRED) != 0) {
            flags[slot] |= OBSERVED;
        } else {
            flags[slot] &= ~OBSERVED;
        }
        flags[slot] &= ~DIFFERS;
    }

    /** Ends a round: what is still pending stays queued, the rest leaves the queue. */
    public void compactQueue() {
        int kept = 0;
        for (int place = 0; place < queued; place++) {
            int slot = queue[place];
            if (pending(slot) != Pending.NONE) {
                queue[kept++] = slot;
            } else {
                flags[slot] &= ~QUEUED;
                removeIfDead(slot);
            }
        }
        queued = kept;
    }

    /** Visits all desired entries, in no order. */
    public void forEachDesired(EntryVisitor visitor) {
        byte[] key = new byte[keyBytes];
        byte[] value = new byte[valueBytes];
        for (int slot = 0; slot < flags.length; slot++) {
            if ((flags[slot] & DESIRED) != 0) {
                read(slot, key, value);
                visitor.entry(key, value);
            }
        }
    }

    private void enqueueIfPending(int slot) {
        if ((flags[slot] & QUEUED) == 0 && pending(slot) != Pending.NONE) {
            flags[slot] |= QUEUED;
            if (queued == queue.length) {
                queue = Arrays.copyOf(queue, queued * 2);
            }
            queue[queued++] = slot;
        }
    }

    private void removeIfDead(int slot) {
        if ((flags[slot] & (DESIRED | OBSERVED | QUEUED | TOMBSTONE)) == 0) {
            flags[slot] = TOMBSTONE;
            live--;
        }
    }

    private boolean valueEquals(int slot, byte[] value) {
        int from = slot * stride + keyBytes;
        return Arrays.equals(entries, from, from + valueBytes, value, 0, valueBytes);
    }

    private boolean keyEquals(int slot, byte[] key) {
        int from = slot * stride;
        return Arrays.equals(entries, from, from + keyBytes, key, 0, keyBytes);
    }

    /** The slot of a key, or -1. */
    private int find(byte[] key) {
        return find(key, hash(key, 0));
    }

    private int find(byte[] key, int hash) {
        int mask = flags.length - 1;
        byte tag = tag(hash);
        for (int slot = hash & mask; flags[slot] != 0; slot = slot + 1 & mask) {
            if (tags[slot] == tag && flags[slot] != TOMBSTONE && keyEquals(slot, key)) {
                return slot;
            }
        }
        return -1;
    }

    private int findOrInsert(byte[] key) {
        int hash = hash(key, 0);
        int known = find(key, hash);
        if (known >= 0) {
            return known;
        }
        if ((used + 1) * 3 > flags.length * 2) {
            rehash();
        }
        int mask = flags.length - 1;
        int slot = hash & mask;
        while (flags[slot] != 0 && flags[slot] != TOMBSTONE) {
            slot = slot + 1 & mask;
        }
        if (flags[slot] == 0) {
            used++;
        }
        flags[slot] = 0;
        tags[slot] = tag(hash);
        live++;
        System.arraycopy(key, 0, entries, slot * stride, keyBytes);
        Arrays.fill(entries, slot * stride + keyBytes, (slot + 1) * stride, (byte) 0);
        return slot;
    }

    /** Drops tombstones; the new table is at most half full, and two thirds full when its turn comes. */
    private void rehash() {
        byte[] oldFlags = flags;
        byte[] oldTags = tags;
        byte[] oldEntries = entries;
        int slots = Integer.highestOneBit(Math.max(INITIAL_SLOTS, live * 2 + 1) - 1) << 1;
        int[] moved = new int[oldFlags.length];
        flags = new byte[slots];
        tags = new byte[slots];
        entries = new byte[Math.multiplyExact(slots, stride)];
        for (int old = 0; old < oldFlags.length; old++) {
            if (oldFlags[old] != 0 && oldFlags[old] != TOMBSTONE) {
                int slot = hash(oldEntries, old * stride) & slots - 1;
                while (flags[slot] != 0) {
                    slot = slot + 1 & slots - 1;
                }
                flags[slot] = oldFlags[old];
                tags[slot] = oldTags[old];
                System.arraycopy(oldEntries, old * stride, entries, slot * stride, stride);
                moved[old] = slot;
            }
        }
        for (int place = 0; place < queued; place++) {
            queue[place] = moved[queue[place]];
        }
        used = live;
    }

    private static byte tag(int hash) {
        return (byte) (hash >>> 24);
    }

    /**
     * Keys differ in few bytes (index, last parts of an address), so every byte must stir the low bits, and neighbours
     * must not cancel each other: with 31 as multiplier, 172.30.1.0 would be 172.30.0.31.
     */
    private int hash(byte[] bytes, int offset) {
        int hash = 0;
        for (int i = offset; i < offset + keyBytes; i++) {
            hash = hash * MULTIPLIER + bytes[i];
        }
        hash *= 0x9e3779b9;
        return hash ^ hash >>> 15;
    }
}

package io.fairlead.kernel.ipvs;

/**
 * A virtual server: an address to which clients send, and how a real server is chosen for each of them.
 *
 * <p>What is read back equals what was written, so the two can be compared.
 *
 * <p>Immutable.
 *
 * @param scheduler by name, for example {@code rr}; {@code none} for one that balances nothing
 * @param flags {@code PERSISTENT}, {@code ONE_PACKET} and those of the scheduler, combined
 * @param persistenceSeconds how long a client keeps to its real server, if {@code flags} has {@link #PERSISTENT}
 * @param persistencePrefix how many bits of the source address make a client, then
 */
public record VirtualServer(
        VirtualServerKey key, String scheduler, int flags, int persistenceSeconds, int persistencePrefix) {

    /** IP_VS_SVC_F_PERSISTENT. */
    public static final int PERSISTENT = 0x1;
    /** IP_VS_SVC_F_ONEPACKET: every UDP packet by itself. */
    public static final int ONE_PACKET = 0x4;
    /** IP_VS_SVC_F_SCHED1; of {@code sh} and {@code mh}: another real server while the chosen one has weight 0. */
    public static final int SCHEDULER_1 = 0x8;
    /** IP_VS_SVC_F_SCHED2; of {@code sh} and {@code mh}: the source port counts, too. */
    public static final int SCHEDULER_2 = 0x10;
    /** IP_VS_SVC_F_SCHED3. */
    public static final int SCHEDULER_3 = 0x20;

    /** IP_VS_SVC_F_HASHED: the kernel's own note. It is not ours to write, and no part of what is compared. */
    static final int HASHED = 0x2;

    /** IP_VS_SCHEDNAME_MAXLEN, less the terminating zero. */
    private static final int SCHEDULER_BYTES_MAX = 15;

    /** 31 days, as ipvsadm allows. The kernel counts in ticks and takes more seconds for far fewer without a word. */
    private static final int PERSISTENCE_SECONDS_MAX = 31 * 24 * 60 * 60;

    /** @throws IllegalArgumentException if a number is out of range, or the name is none */
    public VirtualServer {
        int bits = key.address().getAddress().length * Byte.SIZE;
        if (persistencePrefix < 0 || persistencePrefix > bits) {
            throw new IllegalArgumentException(
                    "prefix length " + persistencePrefix + " of " + key + " is not within 0 to " + bits);
        }
        if (persistenceSeconds < 0) {
            throw new IllegalArgumentException("persistence of " + persistenceSeconds + " s");
        }
        if (!scheduler.chars().allMatch(c -> c > ' ' && c < 0x7f)
                || scheduler.isEmpty()
                || scheduler.length() > SCHEDULER_BYTES_MAX) {
            throw new IllegalArgumentException("'" + scheduler + "' cannot name a scheduler");
        }
        if ((flags & HASHED) != 0) {
            throw new IllegalArgumentException("flag " + HASHED + " is the kernel's own");
        }
    }

    /** Without persistence. */
    public static VirtualServer of(VirtualServerKey key, String scheduler, int flags) {
        return new VirtualServer(key, scheduler, flags, 0, key.address().getAddress().length * Byte.SIZE);
    }

    /**
     * The same one, where a client keeps to its real server for so many seconds after its last connection ended.
     *
     * @throws IllegalArgumentException if it is more than 31 days
     */
    public VirtualServer withPersistence(int seconds) {
        if (seconds > PERSISTENCE_SECONDS_MAX) {
            throw new IllegalArgumentException(
                    "persistence of " + seconds + " s, allowed are " + PERSISTENCE_SECONDS_MAX);
        }
        return new VirtualServer(key, scheduler, flags | PERSISTENT, seconds, persistencePrefix);
    }

    public boolean isPersistent() {
        return (flags & PERSISTENT) != 0;
    }
}

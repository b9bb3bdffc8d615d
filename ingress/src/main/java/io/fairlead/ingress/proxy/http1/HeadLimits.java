package io.fairlead.ingress.proxy.http1;

/**
 * How large a head may be.
 *
 * <p>Immutable.
 *
 * @param headBytesMax bytes of the whole head, its empty line included
 * @param startLineBytesMax bytes of the request line or status line, without its CR LF
 * @param fieldsMax field lines
 */
public record HeadLimits(int headBytesMax, int startLineBytesMax, int fieldsMax) {

    /** 64 KiB, 16 KiB of them in the start line, and 100 fields. */
    public static final HeadLimits DEFAULT = new HeadLimits(64 * 1024, 16 * 1024, 100);

    private static final int BYTES_MAX = 1 << 20;
    private static final int FIELDS_MAX = 10_000;

    /** @throws IllegalArgumentException if a limit is out of range */
    public HeadLimits {
        check("headBytesMax", headBytesMax, BYTES_MAX);
        check("startLineBytesMax", startLineBytesMax, BYTES_MAX);
        check("fieldsMax", fieldsMax, FIELDS_MAX);
    }

    private static void check(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " is " + value + ", must be 1 to " + max);
        }
    }
}

package io.fairlead.kernel;

/**
 * The error numbers that our drivers meet (include/uapi/asm-generic/errno-base.h and errno.h).
 *
 * <p>Thread-safe: constants and a pure function.
 */
public final class Errno {

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int ERANGE = 34;
    public static final int ELOOP = 40;
    public static final int ENODATA = 61;
    public static final int EOVERFLOW = 75;
    public static final int EPROTONOSUPPORT = 93;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ENOBUFS = 105;
    public static final int EHOSTUNREACH = 113;

    private Errno() {}

    /** The symbolic name and the sense, for example {@code "EEXIST, it exists already"}. */
    public static String describe(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM, the kernel does not allow it (CAP_NET_ADMIN missing, or owned by another process)";
            case ENOENT -> "ENOENT, it does not exist";
            case ESRCH -> "ESRCH, there is no such thing";
            case EINTR -> "EINTR, interrupted";
            case EAGAIN -> "EAGAIN, try again";
            case ENOMEM -> "ENOMEM, no memory";
            case EACCES -> "EACCES, access denied";
            case EBUSY -> "EBUSY, it is in use";
            case EEXIST -> "EEXIST, it exists already";
            case ENODEV -> "ENODEV, no such device";
            case EINVAL -> "EINVAL, the kernel does not accept the arguments";
            case ENFILE -> "ENFILE, the set is full";
            case ENOSPC -> "ENOSPC, no space left";
            case EROFS -> "EROFS, read-only";
            case EMLINK -> "EMLINK, chains are nested too deep";
            case ERANGE -> "ERANGE, out of range";
            case ELOOP -> "ELOOP, chains form a loop";
            case ENODATA -> "ENODATA, nothing is there to be read";
            case EOVERFLOW -> "EOVERFLOW, the value is too long";
            case EPROTONOSUPPORT -> "EPROTONOSUPPORT, this kernel lacks the protocol";
            case EOPNOTSUPP -> "EOPNOTSUPP, this kernel lacks the operation";
            case EAFNOSUPPORT -> "EAFNOSUPPORT, this kernel lacks the address family";
            case EADDRINUSE -> "EADDRINUSE, the address is in use";
            case EADDRNOTAVAIL -> "EADDRNOTAVAIL, the link does not have the address";
            case ENETDOWN -> "ENETDOWN, the network is down";
            case ENETUNREACH -> "ENETUNREACH, no route";
            case EHOSTUNREACH -> "EHOSTUNREACH, no route to the host";
            case ENOBUFS -> "ENOBUFS, messages were lost";
            default -> "errno " + errno;
        };
    }
}

package io.fairlead.kernel;

import java.io.Serial;

/**
 * The kernel refused an operation. Thrown by drivers; caught only by the caller that can retry.
 *
 * <p>Immutable.
 */
public final class KernelException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String operation;
    private final String target;
    private final int errno;

    /**
     * @param operation what was attempted, for example {@code "add element"}
     * @param target on what, for example {@code "ip fairlead services"}
     * @param errno the kernel's errno as a positive number, 0 if there was none
     * @param detail the kernel's own text (extended acknowledgement) or another reason; may be empty
     */
    public KernelException(String operation, String target, int errno, String detail) {
        super(message(operation, target, errno, detail));
        this.operation = operation;
        this.target = target;
        this.errno = errno;
    }

    private static String message(String operation, String target, int errno, String detail) {
        StringBuilder text = new StringBuilder("cannot " + operation + " " + target);
        if (errno != 0) {
            text.append(": ").append(Errno.describe(errno));
        }
        if (!detail.isEmpty()) {
            text.append(errno != 0 ? " (" + detail + ")" : ": " + detail);
        }
        return text.toString();
    }

    public String operation() {
        return operation;
    }

    public String target() {
        return target;
    }

    /** Positive errno, or 0 if the kernel gave none. */
    public int errno() {
        return errno;
    }
}

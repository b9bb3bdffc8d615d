package io.fairlead.kernel.ipvs;

import io.fairlead.kernel.KernelException;

/**
 * An operation of a batch that the kernel did not do.
 *
 * <p>Immutable.
 *
 * @param index of the operation in its batch
 * @param errno positive errno
 * @param detail the kernel's own words, often empty
 */
public record IpvsRefusal(int index, IpvsOperation operation, int errno, String detail) {

    /** The same as an exception. */
    public KernelException toException() {
        return new KernelException(operation.verb(), operation.target(), errno, detail);
    }
}

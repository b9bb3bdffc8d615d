package io.fairlead.kernel.nft;

/**
 * What tells, without listing it, that an object of somebody else is not the one that was there before, or has changed.
 *
 * <p>Immutable.
 *
 * @param handle the kernel's number: an object that is made again gets another one
 * @param uses how many objects a table holds, or how many rules a chain has and how many jump to it
 */
public record NftFootprint(long handle, int uses) {}

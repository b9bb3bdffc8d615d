package io.fairlead.cluster.model;

/**
 * The two address families; every Service port is planned once per family.
 *
 * <p>Immutable.
 */
public enum IpFamily {
    IPV4(4),
    IPV6(16);

    private final int addressBytes;

    IpFamily(int addressBytes) {
        this.addressBytes = addressBytes;
    }

    /** Length of an address in bytes. */
    public int addressBytes() {
        return addressBytes;
    }

    /** Length of an address in bits. */
    public int addressBits() {
        return addressBytes * 8;
    }
}

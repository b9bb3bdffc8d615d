package io.fairlead.cluster.model;

import java.util.Locale;

/**
 * Transport protocols a Service port may name.
 *
 * <p>Immutable.
 */
public enum Protocol {
    TCP(6),
    UDP(17),
    SCTP(132);

    private final int number;

    Protocol(int number) {
        this.number = number;
    }

    /** IANA protocol number, as in the IP header. */
    public int number() {
        return number;
    }

    /** Lower case, as in {@code 10.0.0.1:80/tcp}. */
    public String lowerName() {
        return name().toLowerCase(Locale.ROOT);
    }
}

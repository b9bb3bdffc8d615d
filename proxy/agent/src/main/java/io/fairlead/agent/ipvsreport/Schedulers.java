package io.fairlead.agent.ipvsreport;

import java.util.Locale;

/**
 * What schedulers of IPVS promise (ipvsadm(8)) that a choice by chance does not.
 *
 * <p>Immutable.
 */
enum Schedulers {
    TURNS("endpoints take turns"),
    FEWEST("the endpoint with the fewest connections gets the next one"),
    BY_CLIENT("a client's address always leads to the same endpoint"),
    BY_ADDRESS("all connections to one address go to one endpoint"),
    FIRST("one endpoint gets everything as long as it can");

    private final String promise;

    Schedulers(String promise) {
        this.promise = promise;
    }

    static Schedulers of(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "lc", "wlc", "sed", "nq", "twos" -> FEWEST;
            case "sh", "mh" -> BY_CLIENT;
            case "dh", "lblc", "lblcr" -> BY_ADDRESS;
            case "fo", "ovf" -> FIRST;
            default -> TURNS;
        };
    }

    /** What is so in mode ipvs. */
    String promise() {
        return promise;
    }
}

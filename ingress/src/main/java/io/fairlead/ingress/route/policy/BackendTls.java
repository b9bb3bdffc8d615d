package io.fairlead.ingress.route.policy;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.request.RequestHost;

/**
 * TLS towards backends.
 *
 * <p>Immutable.
 */
public sealed interface BackendTls {

    /** None. */
    record Off() implements BackendTls {}

    /**
     * Encrypted, but whoever answers is believed.
     *
     * @param serverName sent as SNI (RFC 6066, section 3); empty to send none
     */
    record Unverified(String serverName) implements BackendTls {

        public Unverified {
            if (!serverName.isEmpty()) {
                checkServerName(serverName);
            }
        }
    }

    /**
     * The certificate's chain and name are checked (RFC 9525).
     *
     * @param serverName sent as SNI, and the name that the certificate must hold
     */
    record Verified(String serverName, Authority authority) implements BackendTls {

        public Verified {
            checkServerName(serverName);
        }
    }

    /**
     * Whose signature counts.
     *
     * <p>Immutable.
     */
    sealed interface Authority {

        /** Those of the platform. */
        record WellKnown() implements Authority {}

        /** {@code ca.crt} of a Secret. */
        record OfSecret(ObjectName secret) implements Authority {}
    }

    private static void checkServerName(String name) {
        if (!RequestHost.isValid(name) || name.indexOf(':') >= 0 || name.endsWith(".")) {
            throw new IllegalArgumentException("server name of a backend: " + name + " is not a DNS name");
        }
    }
}

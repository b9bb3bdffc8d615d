package io.fairlead.ingress.tls.hello;

/**
 * How far the reading of a ClientHello came.
 *
 * <p>Immutable.
 */
public sealed interface HelloScan {

    /** All is well so far; the end is not among it. */
    record More() implements HelloScan {}

    /** It is there. */
    record Complete(ClientHello hello) implements HelloScan {}

    /** It never will be. */
    record Refused(HelloFault fault) implements HelloScan {}
}

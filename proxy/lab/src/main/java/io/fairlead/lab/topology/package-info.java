/**
 * A small cluster's network made of namespaces: nodes with pods behind them, an outside client, a router between all.
 *
 * <p>Reads nothing; writes links, addresses, routes and sysctls inside the namespaces of its run; never changes the
 * namespace of the caller.
 */
@NullMarked
package io.fairlead.lab.topology;

import org.jspecify.annotations.NullMarked;

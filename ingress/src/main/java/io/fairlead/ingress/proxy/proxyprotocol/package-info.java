/**
 * The PROXY protocol, versions 1 and 2 (haproxy.org, proxy-protocol.txt): what a load balancer in front says of a
 * connection before the connection's own first byte.
 *
 * <p>Reads the first bytes of a connection; writes nothing; never believes a connection on a listener that does not expect
 * the header, and never lets one pass without it on one that does.
 */
@NullMarked
package io.fairlead.ingress.proxy.proxyprotocol;

import org.jspecify.annotations.NullMarked;

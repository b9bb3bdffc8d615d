package io.fairlead.ingress.proxy;

import java.net.InetSocketAddress;

/**
 * A place where connections are accepted.
 *
 * <p>Immutable.
 *
 * @param address port 0 for any that is free
 * @param proxyProtocol whether each connection begins with a header of the PROXY protocol
 */
public record Listener(InetSocketAddress address, boolean proxyProtocol) {}

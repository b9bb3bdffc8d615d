package io.fairlead.agent.dataplane;

/**
 * The kernel's permission to route its loopback network, which IPv4 NodePorts on 127.0.0.1 need
 * ({@code net.ipv4.conf.all.route_localnet}).
 *
 * <p>Confined to the proxy loop's thread.
 */
@FunctionalInterface
public interface LoopbackRouting {

    void permit(boolean permitted);
}

/**
 * What a node that runs kube-proxy in mode ipvs would do otherwise in mode nftables, Service by Service.
 *
 * <p>Reads plans of both modes and, where kube-proxy's link is, IPVS, addresses, parameters and sockets of the node;
 * writes nothing but the report; never changes the kernel, and asks for no agent.
 */
@NullMarked
package io.fairlead.agent.ipvsreport;

import org.jspecify.annotations.NullMarked;

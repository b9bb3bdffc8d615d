/**
 * What is on the node that is not ours and matters to Services: kube-proxy, what it left, firewalls that drop forwards.
 *
 * <p>Reads netfilter, links, processes and a page of kube-proxy; writes nothing but the removal of what kube-proxy left,
 * when somebody asks for it; never touches kubelet's chains, anybody else's, or those of a running kube-proxy.
 */
@NullMarked
package io.fairlead.agent.neighbour;

import org.jspecify.annotations.NullMarked;

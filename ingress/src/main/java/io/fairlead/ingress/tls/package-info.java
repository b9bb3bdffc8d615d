/**
 * TLS with clients: certificates of Secrets, the table that finds one by server name, and the handler that asks it.
 *
 * <p>Reads PEM, ClientHellos and a plan that a translator made; writes alerts and a connection's handler of TLS; never
 * prints a byte of a key and never knows a Kubernetes client.
 */
@NullMarked
package io.fairlead.ingress.tls;

import org.jspecify.annotations.NullMarked;

/**
 * Is the agent alive, healthy, ready? The answers that kube-proxy's health port gives.
 *
 * <p>Reads the state of the proxy loop; writes pages; never changes anything.
 */
@NullMarked
package io.fairlead.agent.health;

import org.jspecify.annotations.NullMarked;

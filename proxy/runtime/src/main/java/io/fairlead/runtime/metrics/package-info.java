/**
 * Numbers that tell how a process does, as the Prometheus text page.
 *
 * <p>Reads the handles that the program counts with, and /proc/self; writes the page; never renames a metric, since
 * names such as kube-proxy's are an interface that dashboards hold us to.
 */
@NullMarked
package io.fairlead.runtime.metrics;

import org.jspecify.annotations.NullMarked;

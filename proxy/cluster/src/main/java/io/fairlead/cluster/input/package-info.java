/**
 * What the command line says about the cluster, put together: its source, and where to write.
 *
 * <p>Reads the cluster by a source of its choice; writes by the targets that it hands out; never decides what is written.
 */
@NullMarked
package io.fairlead.cluster.input;

import org.jspecify.annotations.NullMarked;

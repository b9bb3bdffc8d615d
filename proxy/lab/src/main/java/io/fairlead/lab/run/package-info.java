/**
 * What one run of the lab owns on this machine, so that all of it can be removed, by itself or by the next run.
 *
 * <p>Reads {@code /proc}; writes its own folder, named network namespaces, control groups and child processes; never
 * touches what another living run owns.
 */
@NullMarked
package io.fairlead.lab.run;

import org.jspecify.annotations.NullMarked;

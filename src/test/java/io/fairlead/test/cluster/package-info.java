/** A real cluster on this machine. Needs the judges that {@code ./fairlead test --all} builds. */
@NullMarked
package io.fairlead.test.cluster;

import org.jspecify.annotations.NullMarked;

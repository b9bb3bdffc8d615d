/** Agents that live from a real API server. Needs the judges that {@code ./fairlead test --all} builds. */
@NullMarked
package io.fairlead.test.api;

import org.jspecify.annotations.NullMarked;

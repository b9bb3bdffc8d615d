/** What tests of several packages stand on. Reads and writes nothing of its own; never runs outside of tests. */
@NullMarked
package io.fairlead.ingress;

import org.jspecify.annotations.NullMarked;

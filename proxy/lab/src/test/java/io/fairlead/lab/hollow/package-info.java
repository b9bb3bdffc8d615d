/** Tests of hollow clusters; they need no privileges. */
@NullMarked
package io.fairlead.lab.hollow;

import org.jspecify.annotations.NullMarked;

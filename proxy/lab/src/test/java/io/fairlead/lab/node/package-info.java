/** Tests of the package. */
@NullMarked
package io.fairlead.lab.node;

import org.jspecify.annotations.NullMarked;

/** Tests of the package. */
@NullMarked
package io.fairlead.lab.run;

import org.jspecify.annotations.NullMarked;

/** Tests of the parts that the program is wired of. */
@NullMarked
package io.fairlead.ingress.program;

import org.jspecify.annotations.NullMarked;

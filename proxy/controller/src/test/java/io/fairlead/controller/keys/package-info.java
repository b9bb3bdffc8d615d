/** Tests of the package of the same name. */
@NullMarked
package io.fairlead.controller.keys;

import org.jspecify.annotations.NullMarked;

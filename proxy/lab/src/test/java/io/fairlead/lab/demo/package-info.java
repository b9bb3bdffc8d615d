/** Tests of the package. */
@NullMarked
package io.fairlead.lab.demo;

import org.jspecify.annotations.NullMarked;

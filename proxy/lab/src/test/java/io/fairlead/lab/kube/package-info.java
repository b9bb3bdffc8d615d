/** Tests of the package. */
@NullMarked
package io.fairlead.lab.kube;

import org.jspecify.annotations.NullMarked;

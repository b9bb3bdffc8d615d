/** What holds for all tests of the ingress. */
@NullMarked
package io.fairlead.ingress;

import org.jspecify.annotations.NullMarked;

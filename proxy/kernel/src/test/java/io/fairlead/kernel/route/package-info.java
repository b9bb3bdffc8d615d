/** Tests of links, addresses and routes, in namespaces without names. */
@NullMarked
package io.fairlead.kernel.route;

import org.jspecify.annotations.NullMarked;

/**
 * Network namespaces: making, naming, opening and entering them, and a lock that exists once in each.
 *
 * <p>Reads {@code /proc/.../ns/net} and {@code /run/netns}; writes mounts under {@code /run/netns} and the namespace
 * of single threads; never changes what is inside a namespace.
 */
@NullMarked
package io.fairlead.kernel.netns;

import org.jspecify.annotations.NullMarked;

/**
 * Links, addresses, routes and neighbours of one network namespace (rtnetlink(7)), and news of their changes.
 *
 * <p>Reads and writes them through netlink; never resolves a name, never runs the {@code ip} program and never decides
 * which links or addresses there should be.
 */
@NullMarked
package io.fairlead.kernel.route;

import org.jspecify.annotations.NullMarked;

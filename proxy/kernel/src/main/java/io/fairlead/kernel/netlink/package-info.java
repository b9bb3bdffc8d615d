/**
 * Netlink: sockets, the message codec, and the conversations that every facility needs (request, dump, monitor).
 *
 * <p>Reads and writes netlink sockets of the network namespace of the thread that opens them; never knows what a
 * message means to its facility.
 */
@NullMarked
package io.fairlead.kernel.netlink;

import org.jspecify.annotations.NullMarked;

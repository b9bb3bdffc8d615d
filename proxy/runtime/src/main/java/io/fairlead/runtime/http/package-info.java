/**
 * The pages of a process, over TCP (health, metrics) and over unix-domain sockets (what Fairlead's own commands ask),
 * and the client of the latter. A small part of HTTP/1.1: GET, one request for each connection.
 *
 * <p>Reads requests, all of which are taken for hostile; writes what handlers answer, and the socket and lock files in
 * the run directory; never a place for user traffic, which ingress serves.
 */
@NullMarked
package io.fairlead.runtime.http;

import org.jspecify.annotations.NullMarked;

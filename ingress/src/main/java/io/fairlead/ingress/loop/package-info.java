/**
 * What each event loop owns for itself, so that nothing on a request's way is shared: its clock, its deadlines, its
 * random numbers.
 *
 * <p>Reads the clock; writes nothing; never knows a connection, a request or a route.
 */
@NullMarked
package io.fairlead.ingress.loop;

import org.jspecify.annotations.NullMarked;

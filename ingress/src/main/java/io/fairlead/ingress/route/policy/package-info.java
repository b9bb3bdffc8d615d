/**
 * How a route's requests are treated on their way to a backend: typed values with limits and defaults.
 *
 * <p>Reads nothing; writes nothing; never knows where a setting was written (annotation, filter or policy object) and
 * never holds a value that must not reach a head or a connection: constructors refuse it.
 */
@NullMarked
package io.fairlead.ingress.route.policy;

import org.jspecify.annotations.NullMarked;

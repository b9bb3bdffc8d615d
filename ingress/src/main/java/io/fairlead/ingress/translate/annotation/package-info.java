/**
 * Annotations as typed settings of one Ingress: each value is parsed once, and what is not exactly right is refused.
 *
 * <p>Reads texts; writes nothing; never knows a route, and never passes a text on that was not checked.
 */
@NullMarked
package io.fairlead.ingress.translate.annotation;

import org.jspecify.annotations.NullMarked;

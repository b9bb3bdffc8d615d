/**
 * Where requests may go: the endpoints of a group, and the policy that every connection to what a user's object named has
 * to pass.
 *
 * <p>Reads nothing; writes nothing; never resolves a name.
 */
@NullMarked
package io.fairlead.ingress.destination;

import org.jspecify.annotations.NullMarked;

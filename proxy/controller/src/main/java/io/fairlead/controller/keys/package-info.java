/**
 * Makes and rotates the keys that replicas of the ingress share.
 *
 * <p>Reads and writes one Secret; never replaces keys that it cannot read, and never uses a key.
 */
@NullMarked
package io.fairlead.controller.keys;

import org.jspecify.annotations.NullMarked;

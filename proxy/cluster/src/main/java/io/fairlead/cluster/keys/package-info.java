/**
 * The keys that replicas share, as they stand in a Secret.
 *
 * <p>Reads and writes the text of one entry of the Secret; never lets a byte of a key into a message.
 */
@NullMarked
package io.fairlead.cluster.keys;

import org.jspecify.annotations.NullMarked;

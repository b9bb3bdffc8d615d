/**
 * From text to records: parses JSON and YAML into bounded trees, and slims the objects in them to what routing needs.
 *
 * <p>Reads streams that it is given; writes nothing; never keeps a tree, and never trusts a value that it did not check.
 */
@NullMarked
package io.fairlead.cluster.source.decode;

import org.jspecify.annotations.NullMarked;

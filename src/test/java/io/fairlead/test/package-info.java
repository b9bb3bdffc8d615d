/**
 * What all tests of the whole share: the address plan, and waiting.
 *
 * <p>Reads nothing; writes nothing; never depends on a particular test.
 */
@NullMarked
package io.fairlead.test;

import org.jspecify.annotations.NullMarked;

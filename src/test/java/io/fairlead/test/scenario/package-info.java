/**
 * Scenarios: one text file per situation, from manifests to where flows go.
 *
 * <p>Reads files under {@code resources/scenarios}; writes what an engine gives it, a fake kernel or a real one; never
 * looks at rules, only at where flows go and at what is left behind.
 */
@NullMarked
package io.fairlead.test.scenario;

import org.jspecify.annotations.NullMarked;

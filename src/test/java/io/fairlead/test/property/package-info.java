/**
 * Properties over random clusters: the way to a state does not matter, and plan, rules and packets agree.
 *
 * <p>Reads seeds; writes fake kernels, and namespaces of its own for the few that use real packets; never decides what
 * is right: it compares answers.
 */
@NullMarked
package io.fairlead.test.property;

import org.jspecify.annotations.NullMarked;

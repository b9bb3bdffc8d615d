/**
 * Iptables: rules as the tools write them, the tools themselves, and what the older kernel interface holds.
 *
 * <p>Reads tables of the calling thread's network namespace, and writes those that a transaction names; knows nothing of
 * Services; never runs a shell, nor lets a value become more than one word.
 */
@NullMarked
package io.fairlead.kernel.iptables;

import org.jspecify.annotations.NullMarked;

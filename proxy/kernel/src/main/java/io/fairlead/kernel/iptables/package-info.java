/**
 * The older kernel interface of iptables, and what its rules look like inside.
 *
 * <p>Reads tables of the calling thread's network namespace; writes nothing; never makes a table come into being by
 * asking for it.
 */
@NullMarked
package io.fairlead.kernel.iptables;

import org.jspecify.annotations.NullMarked;

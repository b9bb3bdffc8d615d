/**
 * Looks at programs from outside: their memory and time, their metrics, and what they do to the kernel.
 *
 * <p>Reads /proc, metrics pages, netlink notifications and sizes of tables; writes nothing; never asks a program of ours
 * in a way that another one does not understand.
 */
@NullMarked
package io.fairlead.bench.look;

import org.jspecify.annotations.NullMarked;

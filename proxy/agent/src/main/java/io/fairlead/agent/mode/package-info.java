/**
 * Modes: which data plane serves on this machine, and what watches over it.
 *
 * <p>Reads what the kernel and the installed tools can do; writes nothing but what a mode's own data plane writes, and
 * removes what other modes of ours left behind once this one serves; never decides where a packet goes.
 */
@NullMarked
package io.fairlead.agent.mode;

import org.jspecify.annotations.NullMarked;

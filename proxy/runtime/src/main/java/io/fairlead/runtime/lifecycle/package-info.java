/**
 * How a process ends: on a signal in order, on a broken invariant at once.
 *
 * <p>Reads signals, by the JVM's shutdown hook; writes the log and the exit code; never decides what a part does when it
 * is stopped: parts say so when they start. No other code of Fairlead ends the process.
 */
@NullMarked
package io.fairlead.runtime.lifecycle;

import org.jspecify.annotations.NullMarked;

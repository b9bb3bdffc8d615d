/**
 * How to speak to Linux: one package per kernel facility, and what all of them share.
 *
 * <p>Reads and writes the kernel through system calls, never through command-line tools; never knows a Kubernetes
 * word.
 */
@NullMarked
package io.fairlead.kernel;

import org.jspecify.annotations.NullMarked;

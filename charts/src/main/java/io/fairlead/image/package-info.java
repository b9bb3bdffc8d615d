/**
 * Fairlead's container image: what is in it, and how it is put together.
 *
 * <p>Reads the jars and the bill of materials that Maven gathers, the JDK that runs it and packages of the distribution;
 * writes {@code target/image}; never asks a registry or a container daemon.
 */
@NullMarked
package io.fairlead.image;

import org.jspecify.annotations.NullMarked;

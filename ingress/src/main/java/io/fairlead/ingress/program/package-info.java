/**
 * The program {@code fairlead ingress}: wires the source of the cluster, the translator, the listeners and the pages.
 *
 * <p>Reads the command line; writes the log and Events; never looks at a request.
 */
@NullMarked
package io.fairlead.ingress.program;

import org.jspecify.annotations.NullMarked;

/**
 * The programs as users start them: real processes, their words, exit codes, pages and signals, beside other tools.
 *
 * <p>Reads README and docs for the commands they show; writes temporary folders and network namespaces that it makes
 * and removes itself; never touches the network of the machine.
 */
@NullMarked
package io.fairlead.test.program;

import org.jspecify.annotations.NullMarked;

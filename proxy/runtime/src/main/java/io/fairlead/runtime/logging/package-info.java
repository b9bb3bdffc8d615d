/**
 * Where log records go: the process's System.Logger, one line for each record on the standard error.
 *
 * <p>Reads {@link io.fairlead.runtime.logging.LogSettings}, given once by a program's main; writes the standard error
 * only; never loads java.util.logging, whose own shutdown hook would lose the records of an orderly shutdown. What
 * libraries log through slf4j comes here as well.
 */
@NullMarked
package io.fairlead.runtime.logging;

import org.jspecify.annotations.NullMarked;

/**
 * Where log records go: the process's System.Logger, one line for each record on the standard error.
 *
 * <p>Reads {@link io.fairlead.runtime.logging.LogSettings}, given once by a program's main; writes the standard error
 * only; never loads java.util.logging, whose own shutdown hook would lose the records of an orderly shutdown. slf4j,
 * which libraries use, comes here through slf4j-jdk-platform-logging.
 */
@NullMarked
package io.fairlead.runtime.logging;

import org.jspecify.annotations.NullMarked;

/**
 * What is started from outside: the demo, the churn run, the hollow cluster and the real one.
 *
 * <p>Reads the command line; writes the standard streams; never does the work itself.
 */
@NullMarked
package io.fairlead.lab;

import org.jspecify.annotations.NullMarked;

/**
 * What requests came to: numbers for metrics, and lines of the access log.
 *
 * <p>Reads what an exchange says at its end; writes counters and the log; never holds an exchange up.
 */
@NullMarked
package io.fairlead.ingress.account;

import org.jspecify.annotations.NullMarked;

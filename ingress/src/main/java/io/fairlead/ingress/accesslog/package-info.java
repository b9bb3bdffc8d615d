/**
 * The access log: a line for each request that ended.
 *
 * <p>Reads what an exchange says at its end, and the request's head; writes a stream; never holds an exchange up, and never
 * writes a cookie or an authorization.
 */
@NullMarked
package io.fairlead.ingress.accesslog;

import org.jspecify.annotations.NullMarked;

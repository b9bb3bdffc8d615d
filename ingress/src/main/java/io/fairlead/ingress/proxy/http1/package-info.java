/**
 * HTTP/1.1 as bytes (RFC 9110, RFC 9112): scanners of heads and chunked bodies that refuse whatever two readers could
 * understand differently, and the writer of the heads that go on.
 *
 * <p>Reads byte arrays and buffers that a connection gives; writes into buffers that a connection sends, or to its context; never
 * forwards a byte that was not scanned, or allocates for the sake of a message's head.
 */
@NullMarked
package io.fairlead.ingress.proxy.http1;

import org.jspecify.annotations.NullMarked;

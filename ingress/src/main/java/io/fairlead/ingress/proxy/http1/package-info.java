/**
 * HTTP/1.1 as bytes (RFC 9110, RFC 9112): scanners of heads and chunked bodies that refuse whatever two readers could
 * understand differently, and the writer of the heads that go on.
 *
 * <p>Reads byte arrays and buffers that a connection gives; writes into the buffer that a connection sends; never
 * forwards a byte that was not scanned, allocates for a message or touches a channel.
 */
@NullMarked
package io.fairlead.ingress.proxy.http1;

import org.jspecify.annotations.NullMarked;

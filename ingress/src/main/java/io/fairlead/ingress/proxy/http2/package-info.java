/**
 * HTTP/2 (RFC 9113) for both sides of the proxy: heads between HPACK and the text of HTTP/1.1, in which everybody else
 * reads and writes them; frames that go out together; windows; and the limits of what a peer may make us do.
 *
 * <p>Reads frames through Netty's reader; writes frames; never routes, chooses a backend or knows what a stream is for.
 */
@NullMarked
package io.fairlead.ingress.proxy.http2;

import org.jspecify.annotations.NullMarked;

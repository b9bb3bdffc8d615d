/** Tests of heads between HPACK and text. */
@NullMarked
package io.fairlead.ingress.proxy.http2;

import org.jspecify.annotations.NullMarked;

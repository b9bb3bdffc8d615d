/** Tables, properties and a corpus for the scanners of HTTP/1.1. */
@NullMarked
package io.fairlead.ingress.proxy.http1;

import org.jspecify.annotations.NullMarked;

/** Tests of the way of a request, on sockets of the loopback interface. */
@NullMarked
package io.fairlead.ingress.proxy;

import org.jspecify.annotations.NullMarked;

/** Tables and fuzz for the PROXY protocol. */
@NullMarked
package io.fairlead.ingress.proxy.proxyprotocol;

import org.jspecify.annotations.NullMarked;

/**
 * The ingress as users start it, seen from both of its sides: real clients before it, real servers behind it, manifests
 * that change under load.
 *
 * <p>Reads resources/ingress-conformance; writes temporary folders; listens on addresses of the loopback network only,
 * each test on some of its own; never touches other addresses or interfaces of the machine.
 */
@NullMarked
package io.fairlead.test.ingress;

import org.jspecify.annotations.NullMarked;

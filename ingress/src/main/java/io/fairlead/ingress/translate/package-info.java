/**
 * From what the cluster says to what the proxy does: routes, where their requests go, who answers for TLS, and what is
 * wrong with whose object. Annotations are understood here and nowhere else.
 *
 * <p>Reads snapshots of the cluster; writes nothing; never reads a Secret's bytes, and never lets one object's mistake stop
 * another one.
 */
@NullMarked
package io.fairlead.ingress.translate;

import org.jspecify.annotations.NullMarked;

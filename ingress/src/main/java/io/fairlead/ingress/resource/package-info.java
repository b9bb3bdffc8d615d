/**
 * The kinds that only the ingress watches: Ingress, IngressClass and Secret, as plain records with their decoders.
 *
 * <p>Reads trees that a source of the cluster parsed; writes nothing; never keeps a field that no route needs, and never
 * lets a byte of a Secret into a message.
 */
@NullMarked
package io.fairlead.ingress.resource;

import org.jspecify.annotations.NullMarked;

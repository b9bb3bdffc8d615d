package io.fairlead.cluster.source;

import io.fairlead.cluster.model.ExtraKind;
import io.fairlead.cluster.model.ExtraObject;
import io.fairlead.cluster.source.decode.ExtraDecoder;

/**
 * A kind that a source follows beside those of everybody.
 *
 * <p>Immutable.
 *
 * @param selectors of the query for it, already encoded, each with an ampersand before it; empty follows all objects
 * @param mayBeAbsent whether a cluster that does not have it, or does not permit it, counts as having none
 */
public record ExtraResource<T extends ExtraObject>(
        ExtraKind<T> kind, ExtraDecoder<T> decoder, String selectors, boolean mayBeAbsent) {}

package io.fairlead.agent.plan;

import java.io.Serial;

/**
 * A Service that contradicts itself; it is set aside alone.
 *
 * <p>Immutable.
 */
public final class UnplannableException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * @param field path of the field, for example {@code spec.ports[1].name}
     * @param reason what is wrong with it
     */
    public UnplannableException(String field, String reason) {
        super(field + ": " + reason);
    }
}

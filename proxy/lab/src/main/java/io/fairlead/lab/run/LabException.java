package io.fairlead.lab.run;

import java.io.Serial;

/**
 * The lab could not be built or did not do what it was told; the message says what and what to do.
 *
 * <p>Immutable.
 */
public final class LabException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }
}

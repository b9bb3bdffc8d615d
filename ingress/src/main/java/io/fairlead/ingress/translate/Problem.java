package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.source.decode.Quoted;

/**
 * Something that the owner of an object should know: a Warning.
 *
 * <p>Immutable.
 *
 * @param message a sentence that says what is wrong and what follows from it
 */
public record Problem(ObjectKey object, ProblemReason reason, String message) {

    private static final int MESSAGE_MAX = 1_000;

    /** Parts of a message come from users: it becomes one line of printable characters. */
    public Problem {
        message = Quoted.line(message, MESSAGE_MAX);
    }

    /** {@code Ingress shop/web: InvalidPath: path a: it does not begin with a slash}. */
    @Override
    public String toString() {
        return object + ": " + reason.label() + ": " + message;
    }
}

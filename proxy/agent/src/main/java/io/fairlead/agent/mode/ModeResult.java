package io.fairlead.agent.mode;

/**
 * What came of opening a mode.
 *
 * <p>Immutable.
 */
public sealed interface ModeResult {

    /** It can serve. */
    record Opened(ServingMode mode) implements ModeResult {}

    /** This machine lacks something that it needs: a sentence. */
    record Missing(String reason) implements ModeResult {}
}

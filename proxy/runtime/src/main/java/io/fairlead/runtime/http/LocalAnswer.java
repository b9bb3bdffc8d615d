package io.fairlead.runtime.http;

/** What came of asking a program on this machine. Immutable. */
public sealed interface LocalAnswer {

    /**
     * The page was copied to its target. Immutable.
     *
     * @param exitCode with which the command that asked should exit
     */
    record Delivered(int exitCode) implements LocalAnswer {}

    /** The program answered with an error. Immutable. */
    record Refused(int status, String message) implements LocalAnswer {}

    /** Nothing runs there. Immutable. */
    record NotRunning(String message) implements LocalAnswer {}

    /** It runs and did not answer as it should; the message says what happened. Immutable. */
    record Failed(String message) implements LocalAnswer {}
}

package io.fairlead.agent.command;

import java.io.PrintStream;

/**
 * The standard streams of a command.
 *
 * <p>Confined to the main thread.
 */
public record Console(PrintStream out, PrintStream err) {

    /** EX_UNAVAILABLE of sysexits.h: something that the command needs is not there. */
    public static final int EXIT_UNAVAILABLE = 69;

    /** Says what went wrong, and returns the exit code. */
    public int complain(String message, int exitCode) {
        err.println("error: " + message);
        return exitCode;
    }
}

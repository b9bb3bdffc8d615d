package io.fairlead.runtime.options;

import io.fairlead.runtime.http.LocalAnswer;
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

    /** Says what came of asking a program that writes its page to {@link #out}, and returns the exit code. */
    public int show(LocalAnswer answer) {
        return switch (answer) {
            case LocalAnswer.Delivered delivered -> delivered.exitCode();
            case LocalAnswer.Refused refused -> complain(refused.message().strip(), 1);
            case LocalAnswer.NotRunning notRunning -> complain(notRunning.message(), EXIT_UNAVAILABLE);
            case LocalAnswer.Failed failed -> out.checkError() ? 0 : complain(failed.message(), 1);
        };
    }
}

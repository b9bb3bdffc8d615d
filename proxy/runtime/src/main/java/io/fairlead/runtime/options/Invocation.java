package io.fairlead.runtime.options;

import java.util.List;

/** What a command line asks for. Immutable. */
public sealed interface Invocation {

    /** Do it. Immutable. */
    record Run(Command command, Arguments arguments) implements Invocation {}

    /** Print this text to the standard output and exit 0. Immutable. */
    record Help(String text) implements Invocation {}

    /**
     * Print {@link #text} to the standard error and exit with {@value #EXIT_CODE}. Immutable.
     *
     * @param mistakes everything that is wrong, one sentence each
     * @param hint the command that shows what would be right
     */
    record Invalid(List<String> mistakes, String hint) implements Invocation {

        /** The exit code of a program that was called wrongly. */
        public static final int EXIT_CODE = 2;

        public Invalid {
            mistakes = List.copyOf(mistakes);
        }

        /** One line for each mistake, then the hint. */
        public String text() {
            StringBuilder text = new StringBuilder();
            for (String mistake : mistakes) {
                text.append("error: ").append(mistake).append('\n');
            }
            return text.append(hint).append('\n').toString();
        }
    }
}

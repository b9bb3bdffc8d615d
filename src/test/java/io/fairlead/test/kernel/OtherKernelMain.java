package io.fairlead.test.kernel;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * What runs on the other kernel: calls a main method and leaves in a file how that ended. The file is what counts: a
 * kernel that ends says nothing of what ran on it.
 *
 * <p>Confined to the main thread.
 */
final class OtherKernelMain {

    /** The name of the file. */
    static final String VERDICT = "verdict";

    /** Its content if the method returned; else it is what was thrown. */
    static final String RETURNED = "returned";

    private OtherKernelMain() {}

    /** @param words the file, the class, and the words for its main method */
    public static void main(String[] words) throws IOException {
        Files.writeString(Path.of(words[0]), verdict(words[1], Arrays.copyOfRange(words, 2, words.length)));
        // Whatever still runs, the verdict stands.
        System.exit(0);
    }

    private static String verdict(String name, String[] words) {
        try {
            Class.forName(name).getMethod("main", String[].class).invoke(null, (Object) words);
            return RETURNED;
        } catch (InvocationTargetException e) {
            return text(Objects.requireNonNull(e.getCause()));
        } catch (ReflectiveOperationException | LinkageError e) {
            return text(e);
        }
    }

    private static String text(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}

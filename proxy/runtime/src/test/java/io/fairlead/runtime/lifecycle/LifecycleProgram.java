package io.fairlead.runtime.lifecycle;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A program for {@link LifecycleTest}: serves until it is stopped, or breaks.
 *
 * <p>Confined to the thread of its main.
 */
final class LifecycleProgram {

    private LifecycleProgram() {}

    public static void main(String[] words) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Lifecycle lifecycle = Lifecycle.install(Duration.ofSeconds(5));
        lifecycle.onStop("page", () -> {
            System.getLogger(LifecycleProgram.class.getName()).log(System.Logger.Level.INFO, "stopping");
            out.println("stopped");
        });
        if (words[0].equals("break")) {
            Thread.ofVirtual().start(() -> {
                throw new IllegalStateException("broken");
            });
        } else {
            out.println("ready");
        }
        lifecycle.awaitStop();
    }
}

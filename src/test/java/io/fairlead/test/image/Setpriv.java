package io.fairlead.test.image;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.image.BuildCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * This machine's {@code setpriv} inside the image: rights can go only when the image's root has become the root, and the
 * image has nothing that takes them away.
 *
 * <p>Immutable.
 *
 * @param folder with the program and what it needs beside glibc, to be seen in the image at {@value #PLACE}
 */
record Setpriv(Path folder) {

    static final String PLACE = "/tools";

    private static final Pattern LIBRARY = Pattern.compile("(\\S*/libcap-ng\\S+)");

    /** @param folder made here */
    static Setpriv in(BuiltImage image, Path folder) throws IOException {
        Files.createDirectories(image.file(PLACE));
        Files.createDirectory(folder);
        Path setpriv = Path.of("/usr/bin/setpriv");
        Files.copy(setpriv, folder.resolve("setpriv"));
        Matcher library = LIBRARY.matcher(BuildCommand.run(folder, List.of("ldd", setpriv.toString())));
        assertTrue(library.find(), "setpriv is linked otherwise than expected");
        Path found = Path.of(library.group(1));
        Files.copy(found, folder.resolve(String.valueOf(found.getFileName())));
        return new Setpriv(folder);
    }

    /** The words before those of a program. */
    static List<String> words(String... options) {
        List<String> words = new ArrayList<>(List.of("/lib64/ld-linux-x86-64.so.2", "--library-path"));
        words.addAll(List.of(PLACE + ":/lib/x86_64-linux-gnu", PLACE + "/setpriv", "--no-new-privs"));
        words.addAll(List.of(options));
        return words;
    }
}

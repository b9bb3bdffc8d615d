package io.fairlead.test.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A command of ours that a text shows.
 *
 * <p>Immutable.
 *
 * @param where file and line
 * @param shown whether it stands in a block of its own, for the reader to type, and not in a sentence
 * @param words behind {@code fairlead}
 */
record DocumentedCommand(String where, boolean shown, List<String> words) {

    private static final Pattern BLOCK = Pattern.compile(" {2,}\\$? ?(?:\\./)?fairlead (.*)");
    private static final Pattern IN_SENTENCE = Pattern.compile("`(?:\\./)?fairlead ([^`]+)`");
    /** Behind the command in a block: two blanks, and what it does. */
    private static final Pattern REMARK = Pattern.compile(" {2,}.*| #.*");

    DocumentedCommand {
        words = List.copyOf(words);
    }

    /** All in README and docs. */
    static List<DocumentedCommand> all() {
        List<Path> files = new ArrayList<>(List.of(Fairlead.ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.walk(Fairlead.ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
            List<DocumentedCommand> found = new ArrayList<>();
            for (Path file : files) {
                found.addAll(in(Fairlead.ROOT.relativize(file).toString(), Files.readString(file)));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of one text, in Markdown or as {@code --help} prints it. */
    static List<DocumentedCommand> in(String name, String text) {
        List<DocumentedCommand> found = new ArrayList<>();
        boolean fenced = false;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            fenced ^= line.startsWith("```");
            String where = name + ":" + number;
            Matcher block = BLOCK.matcher(fenced ? "    " + line : line);
            if (block.matches()) {
                found.add(new DocumentedCommand(where, true, split(block.group(1))));
            }
            Matcher sentence = IN_SENTENCE.matcher(line);
            while (sentence.find()) {
                found.add(new DocumentedCommand(where, false, split(sentence.group(1))));
            }
        }
        return found;
    }

    private static List<String> split(String command) {
        return List.of(REMARK.matcher(command).replaceFirst("").strip().split(" +"));
    }

    String command() {
        return words.getFirst();
    }

    /** The options that it uses, without their values. */
    List<String> options() {
        return words.stream()
                .filter(word -> word.startsWith("-"))
                .map(word -> word.split("=", 2)[0])
                .toList();
    }

    @Override
    public String toString() {
        return where + ": fairlead " + String.join(" ", words);
    }
}

package io.fairlead.test.repo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Rules for source files (docs/STYLE.md).
 *
 * <p>Confined to the test thread.
 */
final class SourceRulesTest {

    private static final int LINES_MAX = 500;

    /** Files that may be longer, each with its reason; at most five. */
    private static final Map<String, String> LONGER = Map.of();

    private static final Pattern BANNED_NAME =
            Pattern.compile("(Util|Utils|Helper|Helpers|Impl|Manager)\\.java$|/Abstract[A-Z]\\w*\\.java$");

    /** Words in the product's code, with what they stand for. */
    private static final Map<Pattern, String> BANNED_WORDS = Map.of(
            Pattern.compile("\\bSystem\\.(out|err)\\b"), "System.out",
            Pattern.compile("\\bThread\\.sleep\\("), "Thread.sleep",
            Pattern.compile("catch \\(Exception "), "catch of Exception",
            Pattern.compile("(?m)^import (static )?[\\w.]+\\.\\*;"), "wildcard import",
            Pattern.compile("\\b(TODO|FIXME|XXX)\\b"), "TODO");

    /** Programs that print to whoever started them. */
    private static final Pattern PRINTS = Pattern.compile("Main\\.java$|^bench/");

    /** The first type of a file. */
    private static final Pattern TYPE = Pattern.compile(
            "(?m)^(?:public |final |sealed |abstract |non-sealed |strictfp )*(?:class|interface|record|enum|@interface) (\\w+)");

    private static final Pattern THREAD_RULE = Pattern.compile("Immutable|Thread-safe|Confined to|Guarded by");

    private final Sources sources = new Sources();

    @Test
    void everyPackageSaysWhatItReadsWritesAndNeverDoes() {
        Set<String> wrong = new TreeSet<>();
        Set<Path> folders = new TreeSet<>();
        sources.product().forEach(file -> folders.add(parent(file)));
        for (Path folder : folders) {
            Path info = folder.resolve("package-info.java");
            String text = Files.exists(info) ? Sources.text(info).toLowerCase(Locale.ROOT) : "";
            boolean complete = text.contains("@nullmarked")
                    && text.contains("read")
                    && (text.contains("write") || text.contains("delete"))
                    && text.contains("never");
            if (!complete) {
                wrong.add(sources.name(folder));
            }
        }
        assertEquals(Set.of(), wrong);
        assertFalse(folders.isEmpty());
    }

    @Test
    void everyTypeSaysWhichThreadsMayUseIt() {
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources.product()) {
            String text = Sources.text(file);
            Matcher type = TYPE.matcher(text);
            if (type.find()
                    && !THREAD_RULE.matcher(lastJavadoc(text, type.start())).find()) {
                wrong.add(sources.name(file));
            }
        }
        assertEquals(Set.of(), wrong);
    }

    private static String lastJavadoc(String text, int before) {
        int start = text.lastIndexOf("/**", before);
        return start < 0 ? "" : text.substring(start, before).replaceAll("\\s*\\*?\\s+", " ");
    }

    @Test
    void filesAreShort() {
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources.ending(".java")) {
            long lines = Sources.text(file).lines().count();
            if (lines > LINES_MAX && !LONGER.containsKey(sources.name(file))) {
                wrong.add(sources.name(file) + " has " + lines + " lines");
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void namesSayWhatThingsAre() {
        List<String> wrong = sources.ending(".java").stream()
                .map(file -> "/" + sources.name(file))
                .filter(name -> BANNED_NAME.matcher(name).find())
                .toList();
        assertEquals(List.of(), wrong);
    }

    @Test
    void productHasNoBannedWords() {
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources.product()) {
            String text = Sources.text(file);
            BANNED_WORDS.forEach((pattern, word) -> {
                boolean allowed = word.equals("System.out")
                        && PRINTS.matcher(sources.name(file)).find();
                if (pattern.matcher(text).find() && !allowed) {
                    wrong.add(sources.name(file) + ": " + word);
                }
            });
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void noMockingLibraryIsUsed() {
        List<String> wrong = sources.ending("pom.xml").stream()
                .filter(file -> Pattern.compile("mockito|easymock|jmockit|powermock")
                        .matcher(Sources.text(file))
                        .find())
                .map(sources::name)
                .toList();
        assertEquals(List.of(), wrong);
    }

    @Test
    void nothingNamesAPathOfOneMachine() {
        // In pieces, or this file would name some.
        Pattern path =
                Pattern.compile("(?<![\\w.])/(" + "work|root|home" + ")/[a-z]|/usr/lib/" + "jvm/[a-z]|/tmp/" + "wt\\b");
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources.ending(".java", ".md", ".xml", ".yaml", ".yml", ".sh", ".txt", "fairlead")) {
            Matcher matcher = path.matcher(Sources.text(file));
            if (Files.isRegularFile(file) && matcher.find()) {
                wrong.add(sources.name(file) + ": " + matcher.group());
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void linksOfDocumentsLeadSomewhere() {
        Pattern link = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)\\s]*)?\\)");
        List<String> wrong = new ArrayList<>();
        for (Path file : sources.ending(".md")) {
            Matcher matcher = link.matcher(Sources.text(file));
            while (matcher.find()) {
                String target = matcher.group(1);
                if (!target.contains("://") && !Files.exists(parent(file).resolve(target))) {
                    wrong.add(sources.name(file) + ": " + target);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " is nowhere");
        }
        return parent;
    }
}

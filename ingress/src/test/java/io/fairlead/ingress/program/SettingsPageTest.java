package io.fairlead.ingress.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Invocation;
import io.fairlead.runtime.options.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page on the ingress names every option, with its default and an example that works. */
final class SettingsPageTest {

    private static final Path PAGE = Path.of("../docs/operate/ingress.md");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(--[\\w-]+)(?:[= ]([^`]*))?` \\| ([^|]*) \\| ([^|]*) \\|$");

    private static List<MatchResult> rows() {
        try {
            return ROW.matcher(Files.readString(PAGE)).results().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Option<?>> options() {
        return IngressOptions.command().arguments().stream()
                .<Option<?>>map(argument -> (Option<?>) argument)
                .toList();
    }

    private static String preset(Option<?> option) {
        return option.defaultText().isEmpty() || option.defaultText().equals("false")
                ? "\u2013"
                : "`" + option.defaultText() + "`";
    }

    @Test
    void everyOptionIsOnThePageAndNoOther() {
        List<String> expected = options().stream()
                .map(option -> option.names().getFirst() + " " + preset(option) + " " + option.description())
                .toList();
        List<String> found = rows().stream()
                .map(row -> row.group(1) + " " + row.group(3) + " " + row.group(4))
                .toList();
        assertEquals(String.join("\n", expected), String.join("\n", found));
    }

    @Test
    void everyExampleWorks() {
        CommandLine line = new CommandLine("fairlead", "", List.of(IngressOptions.command()));
        for (MatchResult row : rows()) {
            boolean needsValue = row.group(2) != null;
            String word = row.group(1) + (needsValue ? "=" + row.group(2) : "");
            if (!row.group(1).equals("--manifests")) {
                assertInstanceOf(Invocation.Run.class, line.parse(List.of(IngressOptions.INGRESS, word)), () -> word);
            }
        }
    }
}

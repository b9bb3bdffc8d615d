package io.fairlead.test.repo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.ingress.translate.ProblemReason;
import io.fairlead.ingress.translate.annotation.FairleadAnnotation;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/operate/ingress.md} has every annotation and every reason of Events as the program has them, and no other.
 *
 * <p>Confined to the test thread.
 */
class IngressPageTest {

    private final String page = Sources.text(new Sources().root().resolve("docs/operate/ingress.md"));

    private List<String> rows(int columns) {
        Pattern row = Pattern.compile("(?m)^\\| `[\\w-]+` \\|" + "[^|\\n]*\\|".repeat(columns - 1) + "$");
        return row.matcher(page).results().map(found -> found.group()).toList();
    }

    @Test
    void everyAnnotationIsOnThePageAndNoOther() {
        List<String> expected = Stream.of(FairleadAnnotation.values())
                .map(each -> "| `" + each.label() + "` | " + each.accepts() + " | " + each.whenAbsent() + " | "
                        + (each.security() ? "yes" : "\u2013") + " | " + each.meaning() + " |")
                .toList();
        assertEquals(String.join("\n", expected), String.join("\n", rows(5)));
    }

    @Test
    void everyReasonIsOnThePageAndNoOther() {
        List<String> expected = Stream.of(ProblemReason.values())
                .map(each -> "| `" + each.label() + "` | " + each.meaning() + " |")
                .toList();
        assertEquals(String.join("\n", expected), String.join("\n", rows(2)));
    }
}

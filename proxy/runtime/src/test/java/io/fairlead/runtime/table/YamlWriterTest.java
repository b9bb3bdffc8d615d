package io.fairlead.runtime.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class YamlWriterTest {

    private static final String[] PIECES = {
        "a",
        "web",
        " ",
        ":",
        ": ",
        " #",
        "-",
        "- ",
        "\"",
        "'",
        "\\",
        "\n",
        "\t",
        "\u0000",
        "\u001b",
        "\u2028",
        "é",
        "😀",
        "0",
        "1",
        "0x1f",
        "1e3",
        ".",
        "~",
        "null",
        "true",
        "No",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "?",
        "=",
        "<<",
        "\u0085",
        "\ufeff",
        "2026-01-01",
        "/"
    };

    private final StringBuilder out = new StringBuilder();

    @Test
    void showsStructureByIndentation() {
        YamlWriter.of(out)
                .beginObject()
                .member("name", "default/web:http/tcp")
                .member("port", 80)
                .member("share", 0.25)
                .name("list")
                .beginArray()
                .beginObject()
                .member("address", "10.0.0.1")
                .member("local", true)
                .endObject()
                .value("a pod's source is kept")
                .beginArray()
                .value(1)
                .beginArray()
                .endArray()
                .endArray()
                .endArray()
                .name("inner")
                .beginObject()
                .name("none")
                .nothing()
                .name("empty")
                .beginObject()
                .endObject()
                .endObject()
                .endObject();
        assertEquals("""
                name: default/web:http/tcp
                port: 80
                share: 0.25
                list:
                  - address: "10.0.0.1"
                    local: true
                  - a pod's source is kept
                  - - 1
                    - []
                inner:
                  none: null
                  empty: {}
                """, out.toString());
    }

    @Test
    void emptyDocuments() {
        YamlWriter.of(out).beginObject().endObject();
        YamlWriter.of(out).beginArray().endArray();
        YamlWriter.of(out).value("a");
        assertEquals("{}\n[]\na\n", out.toString());
    }

    @Test
    void quotesWhatOlderParsersTakeForSomethingElse() {
        for (String word :
                List.of("yes", "On", "n", "~", "12:30:00", "0o17", "1_000", ".inf", "2026-01-01", "<<", "=")) {
            StringBuilder text = new StringBuilder();
            YamlWriter.of(text).value(word);
            assertEquals("\"" + word + "\"\n", text.toString());
        }
    }

    @Test
    void readersGetBackWhatWasWritten() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            Object value = value(random, 0);
            StringBuilder text = new StringBuilder();
            write(YamlWriter.of(text), value);
            Object read = new Load(LoadSettings.builder().build()).loadFromString(text.toString());
            assertEquals(value, read, () -> "seed " + seed + ":\n" + text);
            assertTrue(text.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f), () -> "seed " + seed);
        }
    }

    private static Object value(Random random, int depth) {
        int kind = random.nextInt(depth > 4 ? 4 : 7);
        return switch (kind) {
            case 0 -> random.nextInt();
            case 1 -> random.nextBoolean();
            case 2 -> (double) random.nextInt(1000) / 8;
            case 3 -> text(random);
            case 4 -> {
                List<Object> list = new ArrayList<>();
                random.ints(random.nextInt(4)).forEach(_ -> list.add(value(random, depth + 1)));
                yield list;
            }
            default -> {
                Map<String, Object> object = new LinkedHashMap<>();
                random.ints(random.nextInt(4)).forEach(_ -> object.put(text(random), value(random, depth + 1)));
                yield object;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static void write(StructureWriter writer, Object value) {
        switch (value) {
            case Integer number -> writer.value(number);
            case Boolean truth -> writer.value(truth);
            case Double number -> writer.value(number);
            case String text -> writer.value(text);
            case List<?> list -> {
                writer.beginArray();
                list.forEach(element -> write(writer, element));
                writer.endArray();
            }
            case Map<?, ?> object -> {
                writer.beginObject();
                object.forEach((name, member) -> write(writer.name((String) name), member));
                writer.endObject();
            }
            default -> throw new AssertionError(value);
        }
    }

    @Test
    void halfACharacterIsReplaced() {
        YamlWriter.of(out).value("a\ud800b");
        assertEquals("\"a\\ufffdb\"\n", out.toString());
    }

    @Test
    void numbersThatAreNoneAreNull() {
        YamlWriter.of(out)
                .beginArray()
                .value(Double.NaN)
                .value(Double.POSITIVE_INFINITY)
                .endArray();
        assertEquals("- null\n- null\n", out.toString());
    }

    @Test
    void refusesWhatIsNoStructure() {
        assertThrows(
                IllegalStateException.class,
                () -> YamlWriter.of(out).beginObject().value("no name"));
        assertThrows(
                IllegalStateException.class,
                () -> YamlWriter.of(out).beginArray().endObject());
        assertThrows(
                IllegalStateException.class, () -> YamlWriter.of(out).value(1).value(2));
    }
}

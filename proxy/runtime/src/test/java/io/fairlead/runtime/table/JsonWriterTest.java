package io.fairlead.runtime.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class JsonWriterTest {

    private final StringBuilder out = new StringBuilder();

    @Test
    void writesOnOneLine() {
        JsonWriter.compact(out)
                .beginObject()
                .member("name", "web")
                .member("port", 80)
                .member("ready", true)
                .member("share", 0.25)
                .name("none")
                .nothing()
                .name("list")
                .beginArray()
                .value(1)
                .value("b")
                .endArray()
                .endObject();
        assertEquals(
                "{\"name\":\"web\",\"port\":80,\"ready\":true,\"share\":0.25,\"none\":null,\"list\":[1,\"b\"]}",
                out.toString());
    }

    @Test
    void indentsForPeople() {
        JsonWriter.indented(out)
                .beginObject()
                .name("a")
                .beginArray()
                .beginObject()
                .member("b", 1)
                .endObject()
                .endArray()
                .name("empty")
                .beginArray()
                .endArray()
                .endObject();
        assertEquals("""
                {
                  "a": [
                    {
                      "b": 1
                    }
                  ],
                  "empty": []
                }
                """, out.toString());
    }

    @Test
    void escapesWhatWouldEndTheTextOrCommandATerminal() {
        JsonWriter.compact(out).value("\"\\\n\t\u0000\u001b\u007f</é😀\ud800");
        assertEquals("\"\\\"\\\\\\n\\t\\u0000\\u001b\\u007f\\u003c/\\u00e9\\ud83d\\ude00\\ud800\"", out.toString());
    }

    @Test
    void numbersThatJsonDoesNotKnowAreNull() {
        JsonWriter.compact(out)
                .beginArray()
                .value(Double.NaN)
                .value(Double.POSITIVE_INFINITY)
                .endArray();
        assertEquals("[null,null]", out.toString());
    }

    @Test
    void refusesTextThatWouldNotBeJson() {
        assertThrows(IllegalStateException.class, () -> writer().beginObject().value("no name"));
        assertThrows(IllegalStateException.class, () -> writer().beginArray().name("a"));
        assertThrows(IllegalStateException.class, () -> writer().beginArray().endObject());
        assertThrows(
                IllegalStateException.class,
                () -> writer().beginObject().name("a").endObject());
        assertThrows(IllegalStateException.class, () -> writer().value(1).value(2));
        assertThrows(IllegalStateException.class, () -> writer().value(1).name("a"));
        assertThrows(IllegalStateException.class, () -> {
            JsonWriter deep = writer();
            for (int i = 0; i < 100; i++) {
                deep.beginArray();
            }
        });
    }

    private static JsonWriter writer() {
        return JsonWriter.compact(new StringBuilder());
    }
}

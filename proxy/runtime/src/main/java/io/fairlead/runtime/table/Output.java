package io.fairlead.runtime.table;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How an answer is written.
 *
 * <p>Immutable.
 */
public enum Output {
    TABLE("text/plain; charset=utf-8"),
    JSON("application/json"),
    YAML("application/yaml");

    private final String contentType;

    Output(String contentType) {
        this.contentType = contentType;
    }

    /** The one of that name; nothing if there is none. */
    public static Optional<Output> of(String name) {
        return Arrays.stream(values())
                .filter(output -> output.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst();
    }

    /** The media type; that of YAML is RFC 9512's. */
    public String contentType() {
        return contentType;
    }

    /** Writes one answer. */
    public void write(View view, Appendable out) {
        switch (this) {
            case TABLE -> view.writeText(out);
            case JSON -> view.write(JsonWriter.indented(out));
            case YAML -> view.write(YamlWriter.of(out));
        }
    }
}

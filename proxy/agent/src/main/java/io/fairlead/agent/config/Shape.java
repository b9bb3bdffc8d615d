package io.fairlead.agent.config;

import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The type of a field of KubeProxyConfiguration, and when it counts as not given: kube-proxy takes the empty value of most
 * types for "the default".
 *
 * <p>Immutable.
 */
enum Shape {
    TEXT,
    WHOLE,
    DECIMAL,
    FLAG,
    DURATION,
    /** A duration of which zero means the default. */
    PERIOD,
    TEXTS,
    /** Names with true or false. */
    SWITCHES,
    /** A text or a number. */
    SCALAR,
    /** Anything: kube-proxy gives it a meaning, and we none. */
    ANY;

    private static final int TEXT_CHARS_MAX = 4096;
    private static final int ENTRIES_MAX = 1000;

    /**
     * The text that a flag would have; nothing if the field is not given.
     *
     * @throws io.fairlead.cluster.source.decode.InvalidInput if the type is wrong
     */
    Optional<String> read(Field field) {
        if (!field.isPresent()) {
            return Optional.empty();
        }
        return switch (this) {
            case TEXT, DURATION -> given(field.text(TEXT_CHARS_MAX));
            case PERIOD -> given(field.text(TEXT_CHARS_MAX)).filter(text -> !text.matches("0[a-z]*"));
            case WHOLE ->
                Optional.of(String.valueOf(
                        field.number(0, Integer.MIN_VALUE, Integer.MAX_VALUE, "a whole number of 32 bits")));
            case FLAG -> Optional.of(String.valueOf(field.flag(false)));
            case TEXTS -> given(String.join(",", texts(field)));
            case SWITCHES -> given(String.join(",", switches(field)));
            case DECIMAL, SCALAR -> scalar(field);
            case ANY -> anything(field);
        };
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static List<String> texts(Field field) {
        List<String> texts = new ArrayList<>();
        for (Field item : field.items(ENTRIES_MAX)) {
            String text = item.text(TEXT_CHARS_MAX);
            if (text.isEmpty() || text.contains(",")) {
                throw item.error("expected one value");
            }
            texts.add(text);
        }
        return texts;
    }

    private static List<String> switches(Field field) {
        if (!(field.tree() instanceof Tree.Mapping mapping)) {
            throw field.error(
                    "expected names with true or false, found " + field.tree().describe());
        }
        List<String> switches = new ArrayList<>();
        for (String name : mapping.keys()) {
            switches.add(name + "=" + field.at(name).flag(false));
        }
        return switches;
    }

    private static Optional<String> anything(Field field) {
        boolean empty = field.tree() instanceof Tree.Sequence sequence
                && sequence.items().isEmpty();
        return empty ? Optional.empty() : Optional.of("given");
    }

    private Optional<String> scalar(Field field) {
        return switch (field.tree()) {
            case Tree.Whole whole -> Optional.of(String.valueOf(whole.value())).filter(text -> !text.equals("0"));
            case Tree.Fraction fraction -> Optional.of(fraction.text());
            case Tree.Text text when this == SCALAR -> given(text.value());
            case Tree other -> throw field.error("expected a number, found " + other.describe());
        };
    }
}

package io.fairlead.cluster.source.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a tree from JSON. The parser is left at the last token of the value, so that a stream of values can go on.
 *
 * <p>Confined to the thread of its source.
 */
public final class JsonTree {

    /** Often half of an object, and never wanted. */
    private static final String SKIPPED = "managedFields";

    private final JsonParser parser;
    private final boolean withLines;
    private final TreeLimits limits = new TreeLimits();

    private JsonTree(JsonParser parser, boolean withLines) {
        this.parser = parser;
        this.withLines = withLines;
    }

    /**
     * Reads the value at whose first token the parser stands.
     *
     * @param withLines whether to note lines: they cost an allocation for each value and mean nothing in an API answer
     * @throws IOException if the text ends early or is not JSON
     * @throws InvalidInput if it is beyond the limits or has a key twice
     */
    public static Tree read(JsonParser parser, boolean withLines) throws IOException {
        return new JsonTree(parser, withLines).value();
    }

    private Tree value() throws IOException {
        int line = line();
        limits.count(1, line);
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(line);
            case START_ARRAY -> sequence(line);
            case VALUE_STRING -> new Tree.Text(parser.getText(), line);
            case VALUE_NUMBER_INT -> whole(line);
            case VALUE_NUMBER_FLOAT -> new Tree.Fraction(parser.getText(), line);
            case VALUE_TRUE -> new Tree.Flag(true, line);
            case VALUE_FALSE -> new Tree.Flag(false, line);
            case VALUE_NULL -> new Tree.Nothing(line);
            case null, default -> throw new InvalidInput("the JSON ends early", line);
        };
    }

    private Tree mapping(int line) throws IOException {
        limits.enter(line);
        MappingBuilder mapping = new MappingBuilder(line);
        while (next() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            next();
            if (key.equals(SKIPPED)) {
                parser.skipChildren();
            } else {
                mapping.key(key, line());
                mapping.value(value());
            }
        }
        limits.leave();
        return mapping.build();
    }

    private Tree sequence(int line) throws IOException {
        limits.enter(line);
        List<Tree> items = new ArrayList<>();
        while (next() != JsonToken.END_ARRAY) {
            items.add(value());
        }
        limits.leave();
        return new Tree.Sequence(items, line);
    }

    private int line() {
        return withLines ? parser.currentTokenLocation().getLineNr() : 0;
    }

    private Tree whole(int line) throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> new Tree.Whole(parser.getLongValue(), line);
            default -> new Tree.Fraction(parser.getText(), line);
        };
    }

    private JsonToken next() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw new InvalidInput("the JSON ends early", 0);
        }
        return token;
    }
}

package io.fairlead.cluster.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.JsonTree;
import io.fairlead.cluster.source.decode.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Reads lists of the API as they arrive, one object at a time.
 *
 * <p>Confined to the thread of its watch.
 */
final class ListReader {

    private final ApiConnection api;
    private final Duration silenceMax;
    private final JsonFactory json = new JsonFactory();

    ListReader(ApiConnection api, Duration silenceMax) {
        this.api = api;
        this.silenceMax = silenceMax;
    }

    /**
     * What a page says of the list.
     *
     * <p>Immutable.
     *
     * @param next token of the next page, empty at the end
     */
    record Page(String resourceVersion, String next) {}

    /**
     * Reads one page.
     *
     * @throws io.fairlead.cluster.api.ApiFailure if the server refuses
     * @throws IOException if the connection ends early
     * @throws InvalidInput if the answer is no list
     */
    Page read(String pathAndQuery, Consumer<Tree> items) throws IOException, InterruptedException {
        Page page = new Page("", "");
        try (InputStream answer = api.get(pathAndQuery, silenceMax);
                JsonParser parser = json.createParser(answer)) {
            expect(parser.nextToken(), JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("metadata")) {
                    Field metadata = Field.root(JsonTree.read(parser, false));
                    page = new Page(
                            metadata.at("resourceVersion").text(1024),
                            metadata.at("continue").text(1 << 16));
                } else if (field.equals("items") && value == JsonToken.START_ARRAY) {
                    readItems(parser, items);
                } else {
                    parser.skipChildren();
                }
            }
            expect(parser.currentToken(), JsonToken.END_OBJECT);
        }
        return page;
    }

    private static void readItems(JsonParser parser, Consumer<Tree> items) throws IOException {
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            items.accept(JsonTree.read(parser, false));
        }
        expect(parser.currentToken(), JsonToken.END_ARRAY);
    }

    private static void expect(JsonToken found, JsonToken expected) {
        if (found != expected) {
            throw new InvalidInput("expected " + expected + ", found " + found, 0);
        }
    }
}

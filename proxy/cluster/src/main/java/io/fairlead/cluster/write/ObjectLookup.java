package io.fairlead.cluster.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.ApiFailure;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.BoundedInput;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.JsonTree;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads one object of the API, by a list of one: for that the permission to list is enough, which whoever watches has, and
 * which may be for one name only.
 *
 * <p>Thread-safe: it has no state.
 */
final class ObjectLookup {

    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);
    private static final int OBJECT_BYTES_MAX = 4 << 20;
    private static final JsonFactory JSON = new JsonFactory();

    private ObjectLookup() {}

    /**
     * Empty if there is none.
     *
     * @throws ApiFailure if the API refuses or does not answer
     * @throws IOException if the answer breaks off or is not JSON
     * @throws InvalidInput if the answer is not such a list
     */
    static Optional<Field> find(ApiConnection api, ObjectKey key) throws IOException, InterruptedException {
        ObjectName name = key.name();
        String query = key.kind().path(name.namespace()) + "?fieldSelector="
                + URLEncoder.encode("metadata.name=" + name.name(), StandardCharsets.UTF_8);
        try (InputStream answer = api.get(query, SILENCE_MAX);
                JsonParser parser = JSON.createParser(new BoundedInput(answer, OBJECT_BYTES_MAX))) {
            parser.nextToken();
            List<Field> items =
                    Field.root(JsonTree.read(parser, false)).at("items").items(1);
            return items.stream().findFirst();
        }
    }
}

package io.fairlead.cluster.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.ApiFailure;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.BoundedInput;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.JsonTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Writes Events to the API. {@code kubectl describe} finds an Event by the uid of its object, which nobody here keeps: it
 * is asked for, by a list of one object, for which the permission to list is enough.
 *
 * <p>Confined to the event writer's thread.
 */
public final class ApiEventTarget implements EventTarget {

    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);
    private static final int OBJECT_BYTES_MAX = 4 << 20;

    private final ApiConnection api;
    private final String instance;
    private final InstantSource clock;
    private final ObjectMapper mapper = new ObjectMapper();
    private final JsonFactory json = new JsonFactory();

    /**
     * @param api stays open when this is closed
     * @param instance the node's name
     */
    public ApiEventTarget(ApiConnection api, String instance, InstantSource clock) {
        this.api = api;
        this.instance = instance;
        this.clock = clock;
    }

    @Override
    public void write(ClusterEvent event) throws InterruptedException {
        try {
            Optional<String> uid = uid(event);
            if (uid.isPresent()) {
                String body = mapper.writeValueAsString(EventObject.of(event, uid.get(), instance, clock.instant()));
                api.post("/apis/events.k8s.io/v1/namespaces/" + event.namespace() + "/events", body);
            }
        } catch (ApiFailure e) {
            if (!e.isConflict()) {
                throw new EventRefused(String.valueOf(e.getMessage()), !e.isAbsent());
            }
        } catch (IOException | InvalidInput e) {
            throw new EventRefused("strange answer: " + e.getMessage(), true);
        } catch (UncheckedIOException e) {
            // The token's file cannot be read: the client asks for it before each request.
            throw new EventRefused("cannot ask: " + e.getMessage(), true);
        }
    }

    /** Empty if the object is gone. */
    private Optional<String> uid(ClusterEvent event) throws IOException, InterruptedException {
        ObjectName object = event.regarding().name();
        String query = event.regarding().kind().path(object.namespace()) + "?fieldSelector="
                + URLEncoder.encode("metadata.name=" + object.name(), StandardCharsets.UTF_8);
        try (InputStream answer = api.get(query, SILENCE_MAX);
                JsonParser parser = json.createParser(new BoundedInput(answer, OBJECT_BYTES_MAX))) {
            parser.nextToken();
            List<Field> items =
                    Field.root(JsonTree.read(parser, false)).at("items").items(1);
            return items.isEmpty()
                    ? Optional.empty()
                    : Optional.of(items.getFirst().at("metadata").at("uid").text(64));
        }
    }
}

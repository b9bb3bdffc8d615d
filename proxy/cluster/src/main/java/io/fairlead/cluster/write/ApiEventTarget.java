package io.fairlead.cluster.write;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.ApiFailure;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Writes Events to the API. {@code kubectl describe} finds an Event by the uid of its object, which nobody here keeps: it
 * is asked for.
 *
 * <p>Confined to the event writer's thread.
 */
public final class ApiEventTarget implements EventTarget {

    private final ApiConnection api;
    private final Reporter reporter;
    private final InstantSource clock;
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * @param api stays open when this is closed
     */
    public ApiEventTarget(ApiConnection api, Reporter reporter, InstantSource clock) {
        this.api = api;
        this.reporter = reporter;
        this.clock = clock;
    }

    @Override
    public void write(ClusterEvent event) throws InterruptedException {
        try {
            Optional<Field> object = ObjectLookup.find(api, event.regarding());
            if (object.isPresent()) {
                String uid = object.get().at("metadata").at("uid").text(64);
                String body = mapper.writeValueAsString(EventObject.of(event, uid, reporter, clock.instant()));
                api.post("/apis/events.k8s.io/v1/namespaces/" + event.namespace() + "/events", body);
            }
        } catch (ApiFailure e) {
            if (!e.isConflict()) {
                throw WriteRefused.of(e);
            }
        } catch (IOException | InvalidInput e) {
            throw new WriteRefused(WriteRefused.Why.TROUBLE, "strange answer: " + e.getMessage());
        } catch (UncheckedIOException e) {
            // The token's file cannot be read: the client asks for it before each request.
            throw new WriteRefused(WriteRefused.Why.TROUBLE, "cannot ask: " + e.getMessage());
        }
    }
}

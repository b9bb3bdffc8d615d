package io.fairlead.cluster.write;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.ApiFailure;
import io.fairlead.cluster.model.ObjectKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Writes the {@code status} subresource of objects of the API.
 *
 * <p>Thread-safe.
 */
public final class ApiStatusTarget implements StatusTarget {

    private final ApiConnection api;
    private final ObjectMapper mapper = new ObjectMapper();

    /** @param api stays open */
    public ApiStatusTarget(ApiConnection api) {
        this.api = api;
    }

    private interface Request {
        void send(String path, String json) throws InterruptedException;
    }

    @Override
    public void replace(ObjectKey object, Map<String, Object> status) throws InterruptedException {
        try {
            send(object, Map.of("status", status), api::patch);
        } catch (ApiFailure e) {
            if (!e.isNotFound()) {
                throw WriteRefused.of(e);
            }
        }
    }

    /** By a test and a removal in one request: what another controller wrote meanwhile is not removed. */
    @Override
    public void remove(ObjectKey object, List<String> path, Object expected) throws InterruptedException {
        String pointer = "/status/" + String.join("/", path);
        try {
            send(
                    object,
                    List.of(
                            Map.of("op", "test", "path", pointer, "value", expected),
                            Map.of("op", "remove", "path", pointer)),
                    api::patchSteps);
        } catch (ApiFailure e) {
            if (!e.isNotFound() && !e.isInvalid()) {
                throw WriteRefused.of(e);
            }
        }
    }

    private void send(ObjectKey object, Object body, Request request) throws InterruptedException {
        String path = object.kind().path(object.name().namespace()) + "/"
                + object.name().name() + "/status";
        try {
            request.send(path, mapper.writeValueAsString(body));
        } catch (IOException | UncheckedIOException e) {
            throw new WriteRefused(
                    WriteRefused.Why.TROUBLE, "cannot write the status of " + object + ": " + e.getMessage());
        }
    }
}

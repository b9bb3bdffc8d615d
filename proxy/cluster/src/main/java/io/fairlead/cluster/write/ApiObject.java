package io.fairlead.cluster.write;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.ApiFailure;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A versioned object of the API. It is changed by a merge patch with its {@code resourceVersion}, so that labels and
 * annotations that others gave it stay.
 *
 * <p>Thread-safe, for one thread at a time.
 */
public final class ApiObject implements VersionedObject {

    private static final int VERSION_CHARS_MAX = 256;

    private final ApiConnection api;
    private final ObjectKey key;
    private final ObjectMapper mapper = new ObjectMapper();

    /** @param api stays open */
    public ApiObject(ApiConnection api, ObjectKey key) {
        this.api = api;
        this.key = key;
    }

    @Override
    public Optional<Found> read() throws InterruptedException {
        try {
            return ObjectLookup.find(api, key).map(object -> new Found(object, version(object)));
        } catch (ApiFailure e) {
            throw WriteRefused.of(e);
        } catch (IOException | InvalidInput | UncheckedIOException e) {
            throw new WriteRefused(WriteRefused.Why.TROUBLE, "cannot read " + key + ": " + e.getMessage());
        }
    }

    private static String version(Field object) {
        return object.at("metadata").at("resourceVersion").text(VERSION_CHARS_MAX);
    }

    @Override
    public boolean write(Map<String, Object> fields, String version) throws InterruptedException {
        boolean exists = !version.equals(NONE);
        Map<String, Object> body = new LinkedHashMap<>(StoredObject.head(key, version));
        body.putAll(fields);
        String collection = key.kind().path(key.name().namespace());
        try {
            String json = mapper.writeValueAsString(body);
            if (exists) {
                api.patch(collection + "/" + key.name().name(), json);
            } else {
                api.post(collection, json);
            }
            return true;
        } catch (ApiFailure e) {
            if (e.isConflict() || exists && e.isNotFound()) {
                return false;
            }
            throw WriteRefused.of(e);
        } catch (IOException | UncheckedIOException e) {
            throw new WriteRefused(WriteRefused.Why.TROUBLE, "cannot write " + key + ": " + e.getMessage());
        }
    }
}

package io.fairlead.cluster.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.ApiFailure;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.BoundedInput;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.JsonTree;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads how far DaemonSets are, and says by their node selector whether they are for any node (apps/v1).
 *
 * <p>Thread-safe.
 */
public final class DaemonSets {

    private static final int OBJECT_BYTES_MAX = 2 << 20;
    private static final int NAME_CHARS_MAX = 253;
    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private final ApiConnection api;
    private final JsonFactory json = new JsonFactory();

    public DaemonSets(ApiConnection api) {
        this.api = api;
    }

    /**
     * How far it is.
     *
     * <p>Immutable.
     *
     * @param settled whether the numbers are about its present specification
     * @param desired on how many nodes it should run
     * @param updated on how many it runs as specified
     * @param ready on how many it is ready
     */
    public record Progress(boolean settled, int desired, int updated, int ready) {

        /** Whether it is ready as specified on all of its nodes. */
        public boolean isComplete() {
            return settled && updated >= desired && ready >= desired;
        }
    }

    /**
     * Nothing if there is none.
     *
     * @throws ApiFailure if the API refuses or does not answer
     */
    public Optional<Progress> progress(ObjectName name) throws InterruptedException {
        return read(name).map(set -> {
            Field status = set.at("status");
            return new Progress(
                    number(status.at("observedGeneration"))
                            >= number(set.at("metadata").at("generation")),
                    number(status.at("desiredNumberScheduled")),
                    number(status.at("updatedNumberScheduled")),
                    number(status.at("numberReady")));
        });
    }

    /** What its node selector asks of that label; empty if it does not, or there is no such DaemonSet. */
    public String selected(ObjectName name, String label) throws InterruptedException {
        return read(name)
                .map(set -> set.at("spec")
                        .at("template")
                        .at("spec")
                        .at("nodeSelector")
                        .at(label)
                        .text(NAME_CHARS_MAX))
                .orElse("");
    }

    /**
     * Makes its node selector ask for a label, and so keeps it from all nodes that do not have it.
     *
     * @param value empty to ask no more
     */
    public void select(ObjectName name, String label, String value) throws InterruptedException {
        api.patch(
                path(name),
                "{\"spec\": {\"template\": {\"spec\": {\"nodeSelector\": {\"" + label + "\": "
                        + (value.isEmpty() ? "null" : "\"" + value + "\"") + "}}}}}");
    }

    private static int number(Field field) {
        return field.number(0, 0, Integer.MAX_VALUE, "a number of nodes or a generation");
    }

    private static String path(ObjectName name) {
        return "/apis/apps/v1/namespaces/" + name.namespace() + "/daemonsets/" + name.name();
    }

    private Optional<Field> read(ObjectName name) throws InterruptedException {
        try (InputStream answer = api.get(path(name), SILENCE_MAX);
                JsonParser parser = json.createParser(new BoundedInput(answer, OBJECT_BYTES_MAX))) {
            parser.nextToken();
            return Optional.of(Field.root(JsonTree.read(parser, false)));
        } catch (ApiFailure e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        } catch (IOException | InvalidInput e) {
            throw new ApiFailure("DaemonSet " + name + ": cannot read the answer: " + e.getMessage());
        }
    }
}

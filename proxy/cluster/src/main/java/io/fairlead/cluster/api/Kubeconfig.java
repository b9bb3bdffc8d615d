package io.fairlead.cluster.api;

import io.fabric8.kubernetes.client.Config;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.Tree;
import io.fairlead.cluster.source.decode.YamlDocuments;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The current context of a kubeconfig file as agents have it: a server, whom to trust, and a token or a file with one.
 * The client library understands every kind of file, but needs a quarter of a second of an agent's start to do so, so
 * only the other kinds are left to it.
 *
 * <p>Thread-safe, since it has no state.
 */
final class Kubeconfig {

    private static final int FILE_CHARS_MAX = 1 << 20;
    private static final int ENTRIES_MAX = 1_000;
    private static final int NAME_CHARS_MAX = 1_024;

    private static final Set<String> CLUSTER_KEYS =
            Set.of("server", "certificate-authority", "certificate-authority-data");
    private static final Set<String> USER_KEYS = Set.of("token", "tokenFile");

    private Kubeconfig() {}

    /**
     * Reads it; nothing if it is for the client library, which may also find out what is wrong with it.
     *
     * @throws IOException if it cannot be read
     */
    static Optional<Config> read(Path file) throws IOException {
        List<Tree> documents = new ArrayList<>();
        try (Reader text = Files.newBufferedReader(file)) {
            YamlDocuments.read(text, FILE_CHARS_MAX, documents::add);
            return documents.size() == 1 ? config(Field.root(documents.getFirst()), file) : Optional.empty();
        } catch (InvalidInput e) {
            return Optional.empty();
        }
    }

    private static Optional<Config> config(Field root, Path file) {
        Field context = named(root, "contexts", "context", text(root.at("current-context")));
        Field cluster = named(root, "clusters", "cluster", text(context.at("cluster")));
        Field user = named(root, "users", "user", text(context.at("user")));
        if (text(cluster.at("server")).isEmpty() || !hasOnly(cluster, CLUSTER_KEYS) || !hasOnly(user, USER_KEYS)) {
            return Optional.empty();
        }
        Config config = Config.empty();
        config.setMasterUrl(text(cluster.at("server")));
        ifPresent(cluster.at("certificate-authority"), name -> config.setCaCertFile(resolved(file, name)));
        ifPresent(cluster.at("certificate-authority-data"), config::setCaCertData);
        ifPresent(user.at("token"), config::setOauthToken);
        ifPresent(
                user.at("tokenFile"),
                name -> config.setOauthTokenProvider(new TokenFile(Path.of(resolved(file, name)))));
        return Optional.of(config);
    }

    /** The member of the entry of that name. */
    private static Field named(Field root, String list, String member, String name) {
        for (Field entry : root.at(list).items(ENTRIES_MAX)) {
            if (text(entry.at("name")).equals(name)) {
                return entry.at(member);
            }
        }
        throw root.at(list).error("has no such entry");
    }

    private static boolean hasOnly(Field field, Set<String> keys) {
        return field.tree() instanceof Tree.Mapping mapping && keys.containsAll(mapping.keys());
    }

    private static String text(Field field) {
        return field.text(NAME_CHARS_MAX);
    }

    private static void ifPresent(Field field, Consumer<String> target) {
        String text = field.text(FILE_CHARS_MAX);
        if (!text.isEmpty()) {
            target.accept(text);
        }
    }

    /** Paths in the file are relative to it. */
    private static String resolved(Path file, String name) {
        return file.toAbsolutePath().resolveSibling(name).toString();
    }
}

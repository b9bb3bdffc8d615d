package io.fairlead.cluster.source;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.ClusterProbe;
import io.fairlead.cluster.Gadget;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A directory as the source of a kind of which only some objects are wanted. */
@Timeout(60)
final class SelectedManifestsTest {

    @TempDir
    Path folder;

    private final ClusterProbe probe = new ClusterProbe();
    private final Selection selection = new Selection();
    private ManifestSource source;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(folder.resolve("ab.yaml"), Gadget.json("a", 1) + "---\n" + Gadget.json("b", 2));
        source = new ManifestSource(folder, Gadget.selected(selection), probe.sink());
        source.start();
    }

    @AfterEach
    void close() {
        source.close();
        probe.close();
    }

    private void want(String... names) {
        selection.replace(Arrays.stream(names)
                .map(name -> new ObjectName("default", name))
                .collect(Collectors.toSet()));
    }

    private void await(Set<String> there, Set<String> missing) {
        probe.await(there + " without " + missing, snapshot -> {
            Set<String> found = new TreeSet<>();
            snapshot.objects(Gadget.KIND).keySet().forEach(name -> found.add(name.name()));
            Set<String> aside = new TreeSet<>();
            for (ObjectKey key : snapshot.setAside().keySet()) {
                aside.add(key.name().name());
            }
            return found.equals(there) && aside.equals(missing);
        });
    }

    @Test
    void onlyWhatIsWantedIsKept() throws IOException {
        await(Set.of(), Set.of());
        want("a", "c");
        await(Set.of("a"), Set.of("c"));
        Files.writeString(folder.resolve("c.yaml"), Gadget.json("c", 3));
        await(Set.of("a", "c"), Set.of());
        Files.delete(folder.resolve("c.yaml"));
        await(Set.of("a"), Set.of("c"));
        want("b");
        await(Set.of("b"), Set.of());
        Files.delete(folder.resolve("ab.yaml"));
        await(Set.of(), Set.of("b"));
        want();
        await(Set.of(), Set.of());
        assertTrue(
                probe.said().stream()
                        .noneMatch(change -> change.toString().contains("size=2")
                                && change.toString().contains("name=a")),
                "nothing of one is said of another");
    }

    @Test
    void whatCannotBeHonouredIsSetAsideWithItsReason() throws IOException {
        Files.writeString(folder.resolve("d.yaml"), Gadget.json("d", 10));
        await(Set.of(), Set.of());
        want("d");
        await(Set.of(), Set.of("d"));
        probe.await(
                "the reason",
                snapshot ->
                        snapshot.setAside().values().iterator().next().reason().contains("1..9"));
        Files.writeString(folder.resolve("d.yaml"), Gadget.json("d", 9));
        await(Set.of("d"), Set.of());
    }
}

package io.fairlead.lab.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodSandboxesTest {

    private final Path root;

    PodSandboxesTest(@TempDir Path root) {
        this.root = root;
    }

    private void bundle(String id, String type, String pod, String namespaces) throws IOException {
        Path folder = root.resolve("run/containerd/io.containerd.runtime.v2.task/k8s.io/" + id);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), """
                {"ociVersion": "1.2.0", "annotations": {"io.kubernetes.cri.container-type": "%s",
                  "io.kubernetes.cri.sandbox-name": "%s", "io.kubernetes.cri.sandbox-namespace": "default"},
                 "linux": {"namespaces": [{"type": "pid"}%s]}}
                """.formatted(type, pod, namespaces));
    }

    @Test
    void opensTheNetworkOfTheSandboxAndOfNothingElse() throws IOException {
        Path file = Files.createDirectories(root.resolve("run/netns")).resolve("cni-1");
        try (NetNs current = NetNs.current()) {
            // A namespace is found by the file that stands for it.
            Files.createSymbolicLink(file, Path.of("/proc/self/ns/net"));
            bundle("half", "sandbox", "web", "");
            Files.writeString(
                    root.resolve("run/containerd/io.containerd.runtime.v2.task/k8s.io/half/config.json"), "{");
            bundle("a", "container", "web", ", {\"type\": \"network\", \"path\": \"/proc/1/ns/net\"}");
            bundle("b", "sandbox", "other", "");
            bundle("c", "sandbox", "web", ", {\"type\": \"network\", \"path\": \"/var/run/netns/cni-1\"}");
            try (NetNs found = new PodSandboxes(root).open("default", "web")) {
                assertEquals(current.inode(), found.inode());
            }
        }
    }

    @Test
    void saysWhichPodHasNoNetworkOfItsOwn() throws IOException {
        bundle("b", "sandbox", "host-network", "");
        LabException refused =
                assertThrows(LabException.class, () -> new PodSandboxes(root).open("default", "host-network"));
        assertTrue(String.valueOf(refused.getMessage()).contains("default/host-network"), refused::toString);
    }
}

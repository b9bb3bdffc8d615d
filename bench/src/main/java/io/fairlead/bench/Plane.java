package io.fairlead.bench;

import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a proxy writes into the kernel, and by which tools; both programs have each of them.
 *
 * <p>Immutable.
 */
enum Plane {
    NFTABLES("nftables", "nft"),
    /** By the iptables tools of the older kernel interface. */
    IPTABLES_LEGACY("iptables", "legacy"),
    /** By the iptables tools that write nf_tables. */
    IPTABLES_NFT("iptables", "nft");

    private static final Path TOOLS = Path.of("/usr/sbin");
    private static final long SECONDS_MAX = 30;

    private final String mode;
    private final String flavour;

    Plane(String mode, String flavour) {
        this.mode = mode;
        this.flavour = flavour;
    }

    /** As both programs call it. */
    String mode() {
        return mode;
    }

    /** Leaves what kubelet leaves on a node that uses these tools, by which Fairlead chooses its own. */
    void mark(NetNs namespace) {
        if (this != NFTABLES) {
            String tool = TOOLS.resolve("iptables-" + flavour).toString();
            try (Child kubelet = Child.start(namespace, List.of(tool, "-t", "mangle", "-N", "KUBE-IPTABLES-HINT"))) {
                kubelet.join(SECONDS_MAX);
            }
        }
    }

    /**
     * A PATH in which the plain names are these tools; kube-proxy knows no others.
     *
     * @param folder that may be written
     */
    String path(Path folder) {
        try {
            Path tools = Files.createDirectories(folder.resolve("tools-" + flavour));
            for (String family : List.of("iptables", "ip6tables")) {
                for (String suffix : List.of("", "-save", "-restore")) {
                    Path link = tools.resolve(family + suffix);
                    if (!Files.isSymbolicLink(link)) {
                        Files.createSymbolicLink(link, TOOLS.resolve("xtables-" + flavour + "-multi"));
                    }
                }
            }
            return tools + ":/usr/sbin:/usr/bin:/sbin:/bin";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.fairlead.lab.kube;

import io.fairlead.lab.image.ContainerImage;
import io.fairlead.lab.image.DebianPackages;
import io.fairlead.lab.image.ImageLayer;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The images that every cluster has, made of programs that the launcher built and of packages of the distribution. Each
 * archive is made once and stays beside its program.
 *
 * <p>Thread-safe; processes that share the folders may make the same one at the same time.
 *
 * @param judges where the programs are
 */
public record ClusterImages(Judges judges) {

    /** Serves, asks, and answers: src/test/tools/pod says what its program does. */
    public static final String POD = name("pod");

    static final String PAUSE = name("pause");
    static final String KUBE_PROXY = name("kube-proxy");
    static final String COREDNS = name("coredns");

    /** Goes up whenever what is in an image changes, or the archives that there are would be taken for it. */
    private static final int EDITION = 2;

    private static final int PROGRAM_MODE = 0755;
    private static final String ROOT = "0:0";
    private static final String NOBODY = "65532:65532";

    /** nft and iptables of both kinds with the libraries that they are linked with. */
    private static final List<String> PACKAGES = List.of(
            "iptables",
            "libbsd0",
            "libc6",
            "libedit2",
            "libgmp10",
            "libip4tc2",
            "libip6tc2",
            "libjansson4",
            "libmd0",
            "libmnl0",
            "libnetfilter-conntrack3",
            "libnfnetlink0",
            "libnftables1",
            "libnftnl11",
            "libtinfo6",
            "libxtables12",
            "nftables");

    /** In the image, tools of both families under their plain names write nftables, as in most distributions. */
    private static final List<String> NFT_TOOLS = List.of(
            "iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore");

    private static String name(String image) {
        return "docker.io/fairlead-lab/" + image + ":" + EDITION;
    }

    /**
     * Makes what is missing.
     *
     * @param progress is told what is made
     * @return all archives
     */
    public List<Path> archives(Consumer<String> progress) {
        return List.of(
                archive(progress, "pod", PAUSE, "pod", List.of("pause"), NOBODY),
                archive(progress, "pod", POD, "pod", List.of(), NOBODY),
                archive(progress, "coredns", COREDNS, "coredns", List.of(), ROOT),
                archive(progress, "kubernetes", KUBE_PROXY, "kube-proxy", List.of(), ROOT));
    }

    private Path archive(
            Consumer<String> progress, String project, String name, String program, List<String> words, String user) {
        Path folder = judges.project(project);
        Path archive = folder.resolve(name.replaceFirst(".*/", "").replace(':', '-') + ".tar");
        if (Files.exists(archive)) {
            return archive;
        }
        progress.accept("making image " + name + ", once");
        Path binary = judges.program(project, program);
        String inside = "/usr/local/bin/" + program;
        ImageLayer own = ImageLayer.named("program")
                .file(inside, PROGRAM_MODE, binary)
                .folder("/etc", PROGRAM_MODE)
                .folder("/tmp", PROGRAM_MODE)
                .build();
        List<ImageLayer> layers = name.equals(KUBE_PROXY) ? List.of(tools(judges.cache()), own) : List.of(own);
        List<String> entrypoint = new ArrayList<>(List.of(inside));
        entrypoint.addAll(words);
        ContainerImage image = new ContainerImage(
                name,
                layers,
                entrypoint,
                List.of(),
                Map.of("PATH", "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
                user,
                Map.of());
        write(image, archive);
        return archive;
    }

    /** Whoever comes second replaces what is the same. */
    private static void write(ContainerImage image, Path archive) {
        try {
            Path partial = Files.createTempFile(archive.getParent(), ".image", ".tar");
            try {
                image.writeArchive(partial);
                Files.move(partial, archive, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            throw new LabException("cannot write " + archive + ": " + e, e);
        }
    }

    private static ImageLayer tools(Path cache) {
        ImageLayer.Builder layer = ImageLayer.named("tools");
        new DebianPackages(cache).fetch(PACKAGES).forEach(each -> layer.tree("/", each.path("/")));
        NFT_TOOLS.forEach(tool -> layer.link("/usr/sbin/" + tool, "xtables-nft-multi"));
        return layer.build();
    }
}

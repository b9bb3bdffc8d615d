package io.fairlead.image;

import io.fairlead.lab.image.DebianPackage;
import io.fairlead.lab.image.DebianPackages;
import io.fairlead.lab.image.ImageLayer;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * The lowest layer: files of the distribution without a shell or a package manager. It has what the runtime is linked
 * against, the tools that write rules in mode iptables and remove kube-proxy's, and where dpkg keeps its list, a list of the packages for scanners.
 *
 * <p>Immutable.
 *
 * @param packages whose files are in it
 */
record BaseLayer(ImageLayer layer, List<DebianPackage> packages) {

    /** Both kinds of iptables are programs of many names. */
    private static final List<String> IPTABLES = List.of("nft", "legacy");

    private static final String EXTENSIONS = SharedObjects.FOLDER + "/xtables";
    private static final String LOCALE = "/usr/lib/locale/C.utf8";
    private static final String LOADER = "ld-linux-x86-64.so.2";

    /**
     * Gathers the files.
     *
     * @param programs that the layers above have: executables and shared objects
     * @throws LabException if a package cannot be had or has changed its files
     */
    static BaseLayer of(Collection<Path> programs, DebianPackages distribution) {
        List<DebianPackage> named = distribution.fetch(List.of("iptables", "base-files", "libc-bin"));
        DebianPackage iptables = named.get(0);
        DebianPackage release = named.get(1);
        DebianPackage locale = named.get(2);
        ImageLayer.Builder layer = ImageLayer.named("base: files of Debian's packages");
        addFolders(layer);
        addAccounts(layer);
        layer.file("/etc/os-release", 0644, release.file("/usr/lib/os-release"));
        layer.tree(LOCALE, locale.path(LOCALE));

        List<Path> linked = new ArrayList<>(programs);
        for (String kind : IPTABLES) {
            Path tool = iptables.file("/usr/sbin/xtables-" + kind + "-multi");
            linked.add(tool);
            layer.file("/usr/sbin/xtables-" + kind + "-multi", 0755, tool);
            addNames(layer, kind);
        }
        for (Path extension : extensions(iptables)) {
            linked.add(extension);
            layer.file(EXTENSIONS + "/" + extension.getFileName(), 0644, extension);
        }
        SharedObjects objects = new SharedObjects(linked, distribution);
        objects.found().forEach((name, file) -> layer.file(SharedObjects.FOLDER + "/" + name, 0755, file));
        layer.link("/usr/lib64/" + LOADER, ".." + SharedObjects.FOLDER.substring("/usr".length()) + "/" + LOADER);

        List<DebianPackage> packages = new ArrayList<>(objects.packages());
        packages.addAll(named);
        for (DebianPackage each : packages) {
            layer.file("/usr/share/doc/" + each.name() + "/copyright", 0644, each.copyright());
            layer.text("/var/lib/dpkg/status.d/" + each.name(), 0644, each.control());
        }
        return new BaseLayer(layer.build(), List.copyOf(packages));
    }

    private static void addFolders(ImageLayer.Builder layer) {
        for (String merged : List.of("bin", "lib", "lib64", "sbin")) {
            layer.link("/" + merged, "usr/" + merged);
        }
        for (String mounted : List.of("/dev", "/proc", "/sys", "/run/fairlead", "/usr/bin")) {
            layer.folder(mounted, 0755);
        }
        layer.folder("/tmp", 01777);
        layer.folder("/root", 0700);
    }

    private static void addAccounts(ImageLayer.Builder layer) {
        layer.text("/etc/passwd", 0644, """
                root:x:0:0:root:/root:/nonexistent
                fairlead:x:65532:65532:fairlead:/nonexistent:/nonexistent
                """);
        layer.text("/etc/group", 0644, """
                root:x:0:
                fairlead:x:65532:
                """);
        layer.text("/etc/nsswitch.conf", 0644, """
                passwd: files
                group: files
                hosts: files dns
                """);
    }

    private static void addNames(ImageLayer.Builder layer, String kind) {
        for (String family : List.of("iptables", "ip6tables")) {
            for (String verb : List.of("", "-save", "-restore")) {
                layer.link("/usr/sbin/" + family + "-" + kind + verb, "xtables-" + kind + "-multi");
            }
        }
    }

    /** How matches and targets of rules are read and written: without them a list of rules is not whole. */
    private static List<Path> extensions(DebianPackage iptables) {
        try (Stream<Path> found = Files.list(iptables.path(EXTENSIONS))) {
            return found.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new LabException("cannot list the extensions of " + iptables.name() + ": " + e, e);
        }
    }
}

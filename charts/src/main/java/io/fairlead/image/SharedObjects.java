package io.fairlead.image;

import io.fairlead.lab.image.BuildCommand;
import io.fairlead.lab.image.DebianPackage;
import io.fairlead.lab.image.DebianPackages;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which shared objects of the distribution programs need, and those need in turn (ELF, DT_NEEDED), and nothing else.
 *
 * <p>Confined to one thread at a time.
 */
final class SharedObjects {

    /** Where Debian keeps them; the first is what the others are merged into. */
    static final String FOLDER = "/usr/lib/x86_64-linux-gnu";

    private static final List<String> FOLDERS = List.of(FOLDER, "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64");

    /** Packages by the names of what they have. */
    private static final Map<String, String> PACKAGES = Map.ofEntries(
            Map.entry("ld-linux-x86-64.so.2", "libc6"),
            Map.entry("libc.so.6", "libc6"),
            Map.entry("libdl.so.2", "libc6"),
            Map.entry("libm.so.6", "libc6"),
            Map.entry("libpthread.so.0", "libc6"),
            Map.entry("librt.so.1", "libc6"),
            Map.entry("libgcc_s.so.1", "libgcc-s1"),
            Map.entry("libstdc++.so.6", "libstdc++6"),
            Map.entry("libz.so.1", "zlib1g"),
            Map.entry("libxtables.so.12", "libxtables12"),
            Map.entry("libip4tc.so.2", "libip4tc2"),
            Map.entry("libip6tc.so.2", "libip6tc2"),
            Map.entry("libmnl.so.0", "libmnl0"),
            Map.entry("libnftnl.so.11", "libnftnl11"),
            Map.entry("libnfnetlink.so.0", "libnfnetlink0"),
            Map.entry("libnetfilter_conntrack.so.3", "libnetfilter-conntrack3"));

    private static final Pattern FILE = Pattern.compile("File: (.*)");
    private static final Pattern NEEDED = Pattern.compile(".*\\(NEEDED\\).*\\[([^/\\]]+)\\]");

    private final DebianPackages packages;
    private final SortedMap<String, Path> found = new TreeMap<>();
    private final SortedMap<String, DebianPackage> used = new TreeMap<>();

    /** Finds what these programs need that none of them is. */
    SharedObjects(Collection<Path> programs, DebianPackages packages) {
        this.packages = packages;
        Set<String> there = new TreeSet<>();
        programs.forEach(each -> there.add(String.valueOf(each.getFileName())));
        Collection<Path> unread = programs;
        while (!unread.isEmpty()) {
            SortedMap<String, String> missing = neededBy(unread);
            missing.keySet().removeAll(there);
            fetchOwners(missing);
            unread = new ArrayList<>();
            for (var each : missing.entrySet()) {
                unread.add(find(each.getKey(), each.getValue()));
                there.add(each.getKey());
            }
        }
    }

    private void fetchOwners(Map<String, String> missing) {
        Set<String> owners = new TreeSet<>();
        missing.forEach((name, by) -> owners.add(owner(name, by)));
        owners.removeAll(used.keySet());
        if (!owners.isEmpty()) {
            packages.fetch(owners).forEach(each -> used.put(each.name(), each));
        }
    }

    private static String owner(String name, String by) {
        String owner = PACKAGES.get(name);
        if (owner == null) {
            throw new LabException(by + " needs " + name + ", and nobody knows which package has that");
        }
        return owner;
    }

    /** By name, with one that needs it. */
    private static SortedMap<String, String> neededBy(Collection<Path> files) {
        List<String> words = new ArrayList<>(List.of("readelf", "-d", "-W"));
        files.forEach(file -> words.add(file.toString()));
        SortedMap<String, String> needed = new TreeMap<>();
        // Of one file alone readelf does not say the name.
        String by = files.iterator().next().toString();
        for (String line : BuildCommand.run(Path.of("/"), words).lines().toList()) {
            Matcher file = FILE.matcher(line);
            Matcher name = NEEDED.matcher(line);
            if (file.matches()) {
                by = file.group(1);
            } else if (name.matches()) {
                needed.putIfAbsent(name.group(1), by);
            }
        }
        return needed;
    }

    private Path find(String name, String by) {
        String owner = owner(name, by);
        DebianPackage from = used.get(owner);
        if (from == null) {
            throw new IllegalStateException(owner + " was not fetched");
        }
        for (String folder : FOLDERS) {
            Path file = from.path(folder + "/" + name);
            // Of a link to an absolute path only the name counts: it leads out of the unpacked package.
            Path real = file.resolveSibling(linked(file));
            if (Files.isRegularFile(real)) {
                found.put(name, real);
                return real;
            }
        }
        throw new LabException("package " + owner + " has no " + name + ", which " + by + " needs");
    }

    private static Path linked(Path file) {
        try {
            Path target =
                    Files.isSymbolicLink(file) ? Files.readSymbolicLink(file).getFileName() : file.getFileName();
            return target == null ? file : target;
        } catch (IOException e) {
            throw new LabException("cannot read " + file + ": " + e, e);
        }
    }

    /** Files by the names under which they are looked for. */
    SortedMap<String, Path> found() {
        return found;
    }

    /** The packages that they are of. */
    Collection<DebianPackage> packages() {
        return used.values();
    }
}

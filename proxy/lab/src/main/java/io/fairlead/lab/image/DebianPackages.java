package io.fairlead.lab.image;

import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Packages of the distribution that this machine runs, in the version that it would install. {@code apt} checks their
 * signatures. Nothing is installed; each version is fetched and unpacked once.
 *
 * <p>Thread-safe; processes that share the folder may fetch at the same time.
 *
 * @param folder of what was fetched, which stays; made when it is needed
 */
public record DebianPackages(Path folder) {

    /** Debian policy, 5.6.1. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]+");

    /** A line of {@code apt-get --print-uris}: address, name of the file, size, digest. */
    private static final Pattern FETCH = Pattern.compile("'[^']+' ([^ /]+)_([^ /_]+)_([a-z0-9]+)[.]deb .*");

    /**
     * Fetches and unpacks a package, unless that was done before.
     *
     * @throws LabException if the distribution has no such package or it cannot be had
     */
    public DebianPackage fetch(String name) {
        return fetch(List.of(name)).getFirst();
    }

    /** The same for several, which takes apt hardly longer than one; in their order. */
    public List<DebianPackage> fetch(Collection<String> names) {
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is no name of a Debian package");
            }
        }
        try {
            Files.createDirectories(folder);
            Map<String, DebianPackage> found = find(names);
            for (DebianPackage each : found.values()) {
                if (!Files.isDirectory(each.folder())) {
                    download(each.name(), each.folder());
                }
            }
            return names.stream().map(found::get).toList();
        } catch (IOException e) {
            throw new LabException("cannot fetch packages " + names + " into " + folder + ": " + e, e);
        }
    }

    /** By their names. */
    private Map<String, DebianPackage> find(Collection<String> names) {
        List<String> words = new ArrayList<>(List.of("--print-uris"));
        words.addAll(names);
        Map<String, DebianPackage> found = new HashMap<>();
        for (String line : apt(folder, words).lines().toList()) {
            Matcher fetch = FETCH.matcher(line);
            if (fetch.matches()) {
                String name = fetch.group(1);
                String file = name + "_" + fetch.group(2) + "_" + fetch.group(3);
                // A file's name has the colon of an epoch as its code.
                String version = fetch.group(2).replace("%3a", ":");
                found.put(name, new DebianPackage(name, version, fetch.group(3), folder.resolve(file)));
            }
        }
        for (String name : names) {
            if (!found.containsKey(name)) {
                throw new LabException("apt-get does not say where package " + name + " is");
            }
        }
        return found;
    }

    private void download(String name, Path unpacked) throws IOException {
        Path partial = Files.createTempDirectory(folder, ".partial");
        apt(partial, List.of(name));
        try (DirectoryStream<Path> there = Files.newDirectoryStream(partial, "*.deb")) {
            for (Path archive : there) {
                Path content = Files.createDirectory(partial.resolve("content"));
                String files = content.resolve(DebianPackage.FILES).toString();
                BuildCommand.run(partial, List.of("dpkg-deb", "-x", archive.toString(), files));
                String control = BuildCommand.run(partial, List.of("dpkg-deb", "-f", archive.toString()));
                Files.writeString(content.resolve(DebianPackage.CONTROL), control);
                Files.delete(archive);
                moveInto(content, unpacked);
            }
        }
        Files.deleteIfExists(partial);
    }

    /** Whoever comes second leaves what the first one brought. */
    private static void moveInto(Path content, Path unpacked) throws IOException {
        try {
            Files.move(content, unpacked, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(unpacked)) {
                throw e;
            }
        }
    }

    private static String apt(Path folder, List<String> words) {
        List<String> command = new ArrayList<>(List.of("apt-get", "-q", "-o", "APT::Sandbox::User=", "download"));
        command.addAll(words);
        try {
            return BuildCommand.run(folder, command);
        } catch (LabException e) {
            throw new LabException(e.getMessage() + "\n'apt-get update', as root, may help", e);
        }
    }
}

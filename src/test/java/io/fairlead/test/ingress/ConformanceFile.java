package io.fairlead.test.ingress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A file of resources/ingress-conformance: a sentence, lines {@code ingress HOST [PATH SERVICE[:PORT]]}, and rows
 * {@code METHOD HOST TARGET STATUS [SERVICE TARGET-SEEN]}. A host of {@code -} is any, a path of {@code default} the
 * default backend, one that begins with {@code =} Exact. All lines of a host are one Ingress.
 *
 * <p>Immutable.
 */
record ConformanceFile(String name, Map<String, List<String>> ingresses, List<Row> rows) {

    /**
     * A request and what is expected of it.
     *
     * <p>Immutable.
     *
     * @param service empty if none is to be asked
     */
    record Row(String method, String host, String target, int status, String service, String seen) {}

    static List<ConformanceFile> all() {
        Path folder = Path.of(
                ConformanceFile.class.getResource("/ingress-conformance").getPath());
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().map(ConformanceFile::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConformanceFile parse(Path file) {
        String name = file.getFileName().toString().replace(".txt", "");
        Map<String, List<String>> ingresses = new LinkedHashMap<>();
        List<Row> rows = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file).stream().skip(1).toList()) {
                String[] words = line.strip().split("\\s+", -1);
                if (words[0].equals("ingress")) {
                    List<String> paths = ingresses.computeIfAbsent(words[1], _ -> new ArrayList<>());
                    if (words.length > 2) {
                        paths.add(words[2] + " " + words[3]);
                    }
                } else if (words.length > 1) {
                    boolean served = words.length > 4;
                    rows.add(new Row(
                            words[0],
                            words[1],
                            words[2],
                            Integer.parseInt(words[3]),
                            served ? words[4] : "",
                            served ? words[5] : ""));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ConformanceFile(name, ingresses, rows);
    }

    /** The Services that it names. */
    Set<String> services() {
        Set<String> all = new TreeSet<>();
        ingresses.values().forEach(paths -> paths.forEach(path -> all.add(path.split("[ :]", -1)[1])));
        return all;
    }

    /** Its Ingresses, and one more, {@code FILE.marker}, that tells when they are in force. */
    String manifests() {
        StringBuilder text = new StringBuilder(Yaml.ingress("marker", name + ".marker / marker"));
        int count = 0;
        for (Map.Entry<String, List<String>> each : ingresses.entrySet()) {
            text.append(Yaml.ingressOfHost("ingress-" + count++, each.getKey(), each.getValue()));
        }
        return text.toString();
    }
}

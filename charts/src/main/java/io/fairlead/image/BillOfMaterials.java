package io.fairlead.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fairlead.lab.image.DebianPackage;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the image is made of, in CycloneDX's JSON: the jars as Maven lists them, the Java runtime, packages of the
 * distribution.
 *
 * <p>Confined to one thread at a time.
 */
final class BillOfMaterials {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** In a package's copyright file (Debian's machine-readable format 1.0). */
    private static final Pattern LICENCE = Pattern.compile("(?m)^License:\\s*(\\S[^\\n]*)$");

    private static final Pattern CLASSIFIER = Pattern.compile("[?&]classifier=([^&]+)");

    private final ObjectNode bill;
    private final ArrayNode components;

    private BillOfMaterials(ObjectNode bill) {
        this.bill = bill;
        this.components = bill.withArray("components");
    }

    /**
     * Begins with what Maven knows.
     *
     * @param jars that the CycloneDX plugin wrote
     * @throws LabException if that cannot be read
     */
    static BillOfMaterials ofJars(Path jars, String imageName, String version) {
        try {
            if (JSON.readTree(jars.toFile()) instanceof ObjectNode bill) {
                BillOfMaterials materials = new BillOfMaterials(bill);
                materials.nameImage(imageName, version);
                return materials;
            }
        } catch (IOException e) {
            throw new LabException("cannot read the bill of materials " + jars + ": " + e, e);
        }
        throw new LabException("the bill of materials " + jars + " is no JSON object");
    }

    /** The plugin calls the whole what the module is called; it is an image. */
    private void nameImage(String name, String version) {
        String module = bill.at("/metadata/component/bom-ref").asText();
        String image = "pkg:oci/" + name + "@" + version;
        ObjectNode whole = component("container", name, version, image);
        whole.putArray("licenses").addObject().putObject("license").put("id", "Apache-2.0");
        bill.withObject("/metadata").set("component", whole);
        for (JsonNode dependency : bill.withArray("dependencies")) {
            if (dependency instanceof ObjectNode node
                    && node.path("ref").asText().equals(module)) {
                node.put("ref", image);
            }
        }
    }

    private static ObjectNode component(String type, String name, String version, String purl) {
        return JSON.createObjectNode()
                .put("type", type)
                .put("bom-ref", purl)
                .put("name", name)
                .put("version", version)
                .put("purl", purl);
    }

    void add(JavaRuntime runtime) {
        String purl = "pkg:generic/openjdk@" + encoded(runtime.version());
        ObjectNode component = component("platform", "OpenJDK", runtime.version(), purl);
        component.putObject("supplier").put("name", runtime.vendor());
        component.putArray("licenses").addObject().put("expression", "GPL-2.0-only WITH Classpath-exception-2.0");
        setPlaces(component, List.of(ProgramFiles.RUNTIME));
        components.add(component);
    }

    /** @throws LabException if its licence cannot be read */
    void add(DebianPackage added) {
        String purl = "pkg:deb/debian/" + encoded(added.name()) + "@" + encoded(added.version()) + "?arch="
                + added.architecture();
        ObjectNode component = component("library", added.name(), added.version(), purl);
        component.put("publisher", "Debian");
        ArrayNode licences = component.putArray("licenses");
        for (String name : licences(added.copyright())) {
            licences.addObject().putObject("license").put("name", name);
        }
        setPlaces(component, List.of("/var/lib/dpkg/status.d/" + added.name()));
        components.add(component);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static SortedSet<String> licences(Path copyright) {
        try {
            SortedSet<String> names = new TreeSet<>();
            Matcher licence = LICENCE.matcher(Files.readString(copyright));
            while (licence.find()) {
                names.add(licence.group(1).strip());
            }
            return names.isEmpty() ? new TreeSet<>(List.of("see its copyright file")) : names;
        } catch (IOException e) {
            throw new LabException("cannot read licences in " + copyright + ": " + e, e);
        }
    }

    private static void setPlaces(ObjectNode component, Collection<String> paths) {
        ArrayNode places = component.putObject("evidence").putArray("occurrences");
        paths.forEach(path -> places.addObject().put("location", path));
    }

    /**
     * Says where the jars are.
     *
     * @param places paths in the image, by names of jars
     * @throws LabException if a jar is not in the bill, or something in the bill is no jar of the image
     */
    void place(Map<String, String> places) {
        Map<String, String> unnamed = new TreeMap<>(places);
        for (JsonNode each : components) {
            if (each instanceof ObjectNode component
                    && component.path("purl").asText().startsWith("pkg:maven/")) {
                String jar = jar(component);
                String place = unnamed.remove(jar);
                if (place == null) {
                    throw new LabException("the image has no " + jar + ", which the bill of materials names");
                }
                setPlaces(component, List.of(place));
            }
        }
        if (!unnamed.isEmpty()) {
            throw new LabException("the bill of materials does not know " + unnamed.keySet());
        }
    }

    private static String jar(ObjectNode component) {
        Matcher classifier = CLASSIFIER.matcher(component.path("purl").asText());
        return component.path("name").asText() + "-" + component.path("version").asText()
                + (classifier.find() ? "-" + classifier.group(1) : "") + ".jar";
    }

    String json() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(bill) + "\n";
        } catch (JsonProcessingException e) {
            throw new LabException("cannot write the bill of materials: " + e, e);
        }
    }

    /** For people: name, version and licences of what others made, a line each. */
    String thirdParties() {
        StringBuilder text = new StringBuilder("What this image has of other projects: name, version, licences.\n\n");
        List<String> lines = new ArrayList<>();
        for (JsonNode each : components) {
            if (!each.path("group").asText().equals("io.fairlead")) {
                List<String> licences = new ArrayList<>();
                each.path("licenses").forEach(licence -> licences.add(licence(licence)));
                lines.add(name(each) + " " + each.path("version").asText() + ": " + String.join(", ", licences));
            }
        }
        lines.stream().sorted().forEach(line -> text.append(line).append('\n'));
        return text.append("\nTexts: files inside the jars, ")
                .append(ProgramFiles.RUNTIME)
                .append("/legal, /usr/share/doc\n")
                .toString();
    }

    private static String name(JsonNode component) {
        String group = component.path("group").asText();
        return group.isEmpty()
                ? component.path("name").asText()
                : group + ":" + component.path("name").asText();
    }

    private static String licence(JsonNode entry) {
        JsonNode licence = entry.path("license");
        return entry.path("expression").asText()
                + licence.path("id").asText()
                + licence.path("name").asText();
    }
}

package io.fairlead.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.lab.image.DebianPackage;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From Maven's list of jars to the image's list of everything.
 *
 * <p>Confined to the test thread.
 */
final class BillOfMaterialsTest {

    /** As the CycloneDX plugin writes it, shortened. */
    private static final String JARS = """
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
             "metadata": {"component": {"type": "library", "bom-ref": "module", "name": "fairlead-charts"}},
             "components": [
              {"type": "library", "bom-ref": "a", "group": "org.example", "name": "some", "version": "1.0",
               "purl": "pkg:maven/org.example/some@1.0?type=jar", "licenses": [{"license": {"id": "MIT"}}]},
              {"type": "library", "bom-ref": "b", "group": "org.example", "name": "some", "version": "1.0",
               "purl": "pkg:maven/org.example/some@1.0?classifier=native&type=jar",
               "licenses": [{"license": {"name": "Own Licence"}}]},
              {"type": "library", "bom-ref": "c", "group": "io.fairlead", "name": "fairlead-agent", "version": "2",
               "purl": "pkg:maven/io.fairlead/fairlead-agent@2?type=jar"}],
             "dependencies": [{"ref": "module", "dependsOn": ["a", "c"]}]}
            """;

    private static final Map<String, String> PLACES = Map.of(
            "some-1.0.jar", "/lib/some-1.0.jar",
            "some-1.0-native.jar", "/lib/native",
            "fairlead-agent-2.jar", "/app/fairlead-agent-2.jar");

    @TempDir
    Path folder;

    private BillOfMaterials materials;

    @BeforeEach
    void read() throws IOException {
        Path jars = Files.writeString(folder.resolve("jars.json"), JARS);
        materials = BillOfMaterials.ofJars(jars, "image", "2");
    }

    @Test
    void isValidAndNamesAllKindsOfParts() throws IOException {
        materials.place(PLACES);
        materials.add(new JavaRuntime(folder, "25.0.3+9-LTS", "Some Vendor"));
        materials.add(debianPackage("Format: x\n\nFiles: *\nLicense: GPL-2+\n\nLicense: GPL-2+\n text\n"));

        Path written = Files.writeString(folder.resolve("bom.json"), materials.json());
        assertEquals(List.of(), new JsonParser().validate(written.toFile()));
        JsonNode bill = new ObjectMapper().readTree(written.toFile());
        assertEquals("container", bill.at("/metadata/component/type").asText());
        assertEquals("pkg:oci/image@2", bill.at("/dependencies/0/ref").asText());
        assertEquals(
                List.of("some", "some", "fairlead-agent", "OpenJDK", "libx1"),
                bill.at("/components").findValuesAsText("name").stream()
                        .filter(name -> !name.contains("Licence") && !name.contains("GPL") && !name.contains("Vendor"))
                        .toList());
        assertEquals(
                "/lib/native",
                bill.at("/components/1/evidence/occurrences/0/location").asText());
        assertEquals(
                "pkg:generic/openjdk@25.0.3%2B9-LTS",
                bill.at("/components/3/purl").asText());
        assertEquals(
                "pkg:deb/debian/libx1@1%3A2.3-4?arch=amd64",
                bill.at("/components/4/purl").asText());
    }

    @Test
    void peopleReadWhatOthersMade() throws IOException {
        materials.add(debianPackage("Old prose without fields.\n"));

        String text = materials.thirdParties();
        assertTrue(text.contains("""
                        libx1 1:2.3-4: see its copyright file
                        org.example:some 1.0: MIT
                        org.example:some 1.0: Own Licence
                        """), text);
        assertTrue(!text.contains("fairlead-agent"), text);
    }

    @Test
    void aJarThatNobodyNamesStopsTheBuild() {
        Map<String, String> more = new TreeMap<>(PLACES);
        more.put("stale-0.9.jar", "/lib/stale-0.9.jar");

        LabException refused = assertThrows(LabException.class, () -> materials.place(more));
        assertTrue(refused.toString().contains("[stale-0.9.jar]"), refused.toString());
    }

    @Test
    void aNamedJarThatIsNotThereStopsTheBuild() {
        LabException refused =
                assertThrows(LabException.class, () -> materials.place(Map.of("some-1.0.jar", "/lib/some-1.0.jar")));
        assertTrue(refused.toString().contains("some-1.0-native.jar"), refused.toString());
    }

    @Test
    void whatIsNoBillIsRefusedByName() throws IOException {
        Path list = Files.writeString(folder.resolve("list.json"), "[]");

        LabException refused = assertThrows(LabException.class, () -> BillOfMaterials.ofJars(list, "image", "2"));
        assertTrue(refused.toString().contains("list.json"), refused.toString());
    }

    private DebianPackage debianPackage(String copyright) throws IOException {
        Path doc = Files.createDirectories(folder.resolve("deb/files/usr/share/doc/libx1"));
        Files.writeString(doc.resolve("copyright"), copyright);
        return new DebianPackage("libx1", "1:2.3-4", "amd64", folder.resolve("deb"));
    }
}

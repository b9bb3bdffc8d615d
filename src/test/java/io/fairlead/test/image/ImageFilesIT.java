package io.fairlead.test.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fairlead.lab.image.BuildCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.cyclonedx.exception.ParseException;
import org.cyclonedx.model.Bom;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is in the image, and what is not.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ImageFilesIT {

    private static final long BYTES_MAX = 300L << 20;

    private static final Set<String> UNWANTED = Set.of(
            "sh", "bash", "dash", "ash", "zsh", "busybox", "toybox", "apt", "apt-get", "dpkg", "rpm", "apk", "perl",
            "python3", "curl", "wget", "gcc", "ssh");

    private static final Path BILL = Path.of("opt/fairlead/app/sbom.cdx.json");

    @TempDir
    private static Path folder;

    private BuiltImage image;
    private List<String> files;

    @BeforeAll
    void unpack() {
        image = new BuiltImage(folder);
        files = image.files();
    }

    @Test
    void isSmallEnough() throws IOException {
        long bytes = 0;
        for (String file : files) {
            bytes += Files.size(image.file(file));
        }
        System.out.printf("the image's files have %d MB%n", bytes >> 20);
        assertTrue(bytes < BYTES_MAX, bytes + " bytes");
    }

    @Test
    void hasNoShellAndNoPackageManager() throws IOException {
        Set<String> found = new TreeSet<>();
        try (var all = Files.walk(image.root())) {
            all.filter(file -> UNWANTED.contains(String.valueOf(file.getFileName())))
                    .filter(file -> !Files.isDirectory(file))
                    .forEach(file -> found.add(image.root().relativize(file).toString()));
        }
        assertEquals(Set.of(), found);
    }

    @Test
    void nobodyButRootMayChangeAnything() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (String file : files) {
            Path there = image.file(file);
            boolean isOfRoot = Files.getAttribute(there, "unix:uid").equals(0)
                    && Files.getAttribute(there, "unix:gid").equals(0);
            // Writable by others, or with the rights of its owner.
            boolean isOpen = ((int) Files.getAttribute(there, "unix:mode") & 06022) != 0;
            if (!isOfRoot || isOpen) {
                wrong.add(file);
            }
        }
        assertEquals(Set.of(), wrong);
        assertTrue(Files.getPosixFilePermissions(image.file("/tmp")).contains(PosixFilePermission.OTHERS_WRITE));
    }

    @Test
    void runsAsNobodyUnlessToldOtherwise() {
        JsonNode config = BuiltImage.config(BuiltImage.LAYOUT).at("/config");

        assertEquals("65532:65532", config.at("/User").asText());
        assertEquals(1, config.at("/Entrypoint").size());
        assertEquals("/usr/bin/fairlead", config.at("/Entrypoint/0").asText());
        assertEquals("proxy", config.at("/Cmd/0").asText());
    }

    /** The image's own loader says what it finds, and fails if it does not. */
    @Test
    void everySharedObjectThatIsNeededIsInside() {
        List<String> elves = files.stream()
                .filter(file -> BuiltImage.isElf(image.file(file)))
                .filter(file -> !file.equals("/usr/bin/fairlead"))
                .toList();
        assertTrue(elves.contains("/opt/fairlead/jre/lib/server/libjvm.so"), elves::toString);
        // Of the runtime's own, the launcher has loaded the JVM when the others come.
        String runtime = "/opt/fairlead/jre/lib/server:/opt/fairlead/jre/lib";
        for (String elf : elves) {
            String found = inside("/lib64/ld-linux-x86-64.so.2", "--library-path", runtime, "--list", elf);
            assertFalse(found.contains("not found"), elf + " needs what is not there:\n" + found);
        }
    }

    private String inside(String... words) {
        return BuildCommand.run(folder, image.unpacked().command(List.of(), Map.of(), List.of(words)));
    }

    @Test
    void theBillOfMaterialsIsValidAndNamesEveryJarAndPackage() throws IOException, ParseException {
        Path bill = image.root().resolve(BILL);
        assertEquals(List.of(), new JsonParser().validate(bill.toFile()));
        Bom bom = new JsonParser().parse(bill.toFile());
        Set<String> places = new TreeSet<>();
        bom.getComponents().stream()
                .filter(each -> each.getEvidence() != null)
                .flatMap(each -> each.getEvidence().getOccurrences().stream())
                .forEach(place -> places.add(place.getLocation()));

        Set<String> unnamed = new TreeSet<>();
        for (String file : files) {
            boolean isNamed = places.contains(file) || file.startsWith("/opt/fairlead/jre/");
            if (!isNamed && (file.endsWith(".jar") || file.startsWith("/var/lib/dpkg/status.d/"))) {
                unnamed.add(file);
            }
        }
        assertEquals(Set.of(), unnamed);
        assertTrue(places.contains("/opt/fairlead/jre"));
        bom.getComponents().forEach(each -> {
            assertTrue(each.getPurl().startsWith("pkg:"), each::toString);
            boolean isOurs = "io.fairlead".equals(each.getGroup());
            assertTrue(isOurs || each.getLicenses() != null, () -> each.getName() + " has no licence");
        });
    }

    @Test
    void everyFileOfTheDistributionIsOfANamedPackage() {
        Set<String> named = files.stream()
                .filter(file -> file.startsWith("/usr/share/doc/"))
                .map(file -> Path.of(file).getName(3).toString())
                .collect(Collectors.toSet());
        Set<String> listed = files.stream()
                .filter(file -> file.startsWith("/var/lib/dpkg/status.d/"))
                .map(file -> Path.of(file).getName(4).toString())
                .collect(Collectors.toSet());

        assertEquals(listed, named);
        assertFalse(listed.isEmpty());
        assertTrue(listed.containsAll(Set.of("libc6", "iptables")), listed::toString);
    }

    @Test
    void licencesOfAllPartsAreInside() throws IOException {
        assertEquals(
                Files.readString(BuiltImage.PROJECT.resolve("LICENSE")),
                Files.readString(image.file("/opt/fairlead/app/LICENSE")));
        assertTrue(files.contains("/opt/fairlead/jre/legal/java.base/LICENSE"));
        String others = Files.readString(image.file("/opt/fairlead/app/THIRD-PARTY"));
        for (String name :
                List.of("jackson-core", "jnr-ffi", "netty-handler", "bcpkix", "OpenJDK", "libc6", "iptables")) {
            assertTrue(others.contains(name), name);
        }
        assertFalse(others.lines().anyMatch(line -> line.endsWith(": ")), others);
        // BoringSSL's is in no jar that is inside.
        assertTrue(files.stream()
                .anyMatch(file -> file.matches("/opt/fairlead/lib/native/legal/.*/LICENSE.boringssl.txt")));
    }

    /** By references of the class files; what is left out is known to be looked for, and done without. */
    @Test
    void theRuntimeHasTheModulesThatTheJarsReferTo() {
        List<String> jars = files.stream()
                .filter(file -> file.endsWith(".jar") && !file.startsWith("/opt/fairlead/jre/"))
                .map(file -> image.file(file).toString())
                .toList();
        List<String> words = new ArrayList<>(List.of("--ignore-missing-deps", "--multi-release", "25", "--list-deps"));
        words.addAll(List.of("--class-path", String.join(":", jars)));
        words.addAll(jars);
        StringWriter out = new StringWriter();
        PrintWriter printer = new PrintWriter(out);
        ToolProvider.findFirst("jdeps").orElseThrow().run(printer, printer, words.toArray(String[]::new));
        Set<String> leftOut = out.toString()
                .lines()
                .map(String::strip)
                .filter(line -> line.matches("(java|jdk)\\.[a-z.]+"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(leftOut.contains("java.net.http"), out::toString);

        String modules = inside(BuiltImage.JAVA, "--list-modules");
        modules.lines().forEach(module -> leftOut.remove(module.replaceFirst("@.*", "")));
        assertEquals(Set.of("java.desktop", "java.sql", "java.xml"), leftOut);
    }
}

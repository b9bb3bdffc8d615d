package io.fairlead.cluster.write;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * Writes an object as a YAML file that is whole at any moment. Only its owner may read it.
 *
 * <p>Thread-safe; for one writer of a file at a time.
 */
final class YamlFile {

    private YamlFile() {}

    /** Replaces the file, in a folder that is made if it is missing. */
    static void write(Path file, Map<String, Object> object) throws IOException {
        Dump yaml = new Dump(
                DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build());
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path whole = file.resolveSibling("." + file.getFileName() + ".new");
        // With its permissions from the start, or somebody could read a Secret before it has them.
        Files.deleteIfExists(whole);
        Files.createFile(whole, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(whole, yaml.dumpToString(object).getBytes(StandardCharsets.UTF_8));
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }
}

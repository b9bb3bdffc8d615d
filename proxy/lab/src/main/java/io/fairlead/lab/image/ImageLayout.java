package io.fairlead.lab.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A folder with an image in the OCI's layout ({@code image-layout.md} of the OCI image specification 1.1), and the manifest
 * of docker's archives over the same blobs. Layers are plain: a compressed one costs each node time, depends on who
 * compresses, and registries' clients compress what they send by themselves.
 *
 * <p>Confined to one thread at a time.
 */
final class ImageLayout {

    private static final String TYPES = "application/vnd.oci.image.";
    private static final String LAYER = TYPES + "layer.v1.tar";
    private static final String CONFIG = TYPES + "config.v1+json";
    private static final String MANIFEST = TYPES + "manifest.v1+json";
    private static final String INDEX = TYPES + "index.v1+json";
    private static final Map<String, String> PLATFORM = new TreeMap<>(Map.of("architecture", "amd64", "os", "linux"));

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Content by its digest, written as {@code sha256:0123…}. */
    private record Blob(String type, String digest, long size) {

        Map<String, Object> descriptor() {
            return object("mediaType", type, "digest", digest, "size", size);
        }

        /** The path within the layout. */
        String path() {
            return "blobs/" + digest.replace(':', '/');
        }
    }

    /** What writes a blob. */
    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private final Path folder;

    ImageLayout(Path folder) {
        this.folder = folder;
    }

    /** Returns the digest of the manifest. */
    String write(ContainerImage image) throws IOException {
        Files.createDirectories(folder.resolve("blobs/sha256"));
        List<Blob> layers = new ArrayList<>();
        for (ImageLayer layer : image.layers()) {
            layers.add(writeBlob(LAYER, layer::writeTo));
        }
        Blob config = writeJson(CONFIG, config(image, layers));
        Map<String, Object> manifest = object(
                "schemaVersion",
                2,
                "mediaType",
                MANIFEST,
                "config",
                config.descriptor(),
                "layers",
                layers.stream().map(Blob::descriptor).toList());
        Blob root = writeJson(MANIFEST, manifest);
        writeFile("index.json", index(image, root));
        writeFile("oci-layout", object("imageLayoutVersion", "1.0.0"));
        // Docker's own format (moby, image/tarexport), as "docker save" writes it.
        writeFile(
                "manifest.json",
                List.of(object(
                        "Config", config.path(),
                        "RepoTags", List.of(image.name()),
                        "Layers", layers.stream().map(Blob::path).toList())));
        return root.digest();
    }

    private static Map<String, Object> config(ContainerImage image, List<Blob> layers) {
        List<String> environment = new TreeMap<>(image.environment())
                .entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList();
        Map<String, Object> process = object(
                "User",
                image.user(),
                "Env",
                environment,
                "Entrypoint",
                image.entrypoint(),
                "Cmd",
                image.command(),
                "WorkingDir",
                "/",
                "Labels",
                new TreeMap<>(image.labels()));
        String created = ImageLayer.TIME.toString();
        List<Map<String, Object>> history = image.layers().stream()
                .map(layer -> object("created", created, "created_by", layer.name()))
                .toList();
        Map<String, Object> config = object("created", created);
        config.putAll(PLATFORM);
        config.put("config", process);
        config.put(
                "rootfs",
                object(
                        "type",
                        "layers",
                        "diff_ids",
                        layers.stream().map(Blob::digest).toList()));
        config.put("history", history);
        return config;
    }

    private static Map<String, Object> index(ContainerImage image, Blob manifest) {
        Map<String, Object> descriptor = manifest.descriptor();
        descriptor.put("platform", PLATFORM);
        // By the first, containerd knows what to call it; by the second, skopeo finds it.
        descriptor.put(
                "annotations",
                object("io.containerd.image.name", image.name(), "org.opencontainers.image.ref.name", image.tag()));
        return object("schemaVersion", 2, "mediaType", INDEX, "manifests", List.of(descriptor));
    }

    private void writeFile(String name, Object json) throws IOException {
        Files.write(folder.resolve(name), JSON.writeValueAsBytes(json));
    }

    private Blob writeJson(String type, Object json) throws IOException {
        byte[] content = JSON.writeValueAsBytes(json);
        return writeBlob(type, out -> out.write(content));
    }

    private Blob writeBlob(String type, Content content) throws IOException {
        MessageDigest digest = sha256();
        Path unnamed = folder.resolve("blobs/sha256/unnamed");
        try (OutputStream out =
                new BufferedOutputStream(new DigestOutputStream(Files.newOutputStream(unnamed), digest))) {
            content.writeTo(out);
        }
        Blob blob = new Blob(type, "sha256:" + HexFormat.of().formatHex(digest.digest()), Files.size(unnamed));
        Files.move(unnamed, folder.resolve(blob.path()), StandardCopyOption.REPLACE_EXISTING);
        return blob;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Names and values in turn; keeps their order. */
    private static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }
}

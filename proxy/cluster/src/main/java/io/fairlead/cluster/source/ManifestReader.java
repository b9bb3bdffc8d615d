package io.fairlead.cluster.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.BoundedInput;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.JsonTree;
import io.fairlead.cluster.source.decode.ObjectDecoder;
import io.fairlead.cluster.source.decode.Quoted;
import io.fairlead.cluster.source.decode.Tree;
import io.fairlead.cluster.source.decode.YamlDocuments;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads one manifest file: JSON if its name says so, else YAML (which has JSON's notation too); several documents,
 * lists of objects.
 *
 * <p>Confined to the thread of its source.
 */
final class ManifestReader {

    /** The largest file that is read. */
    static final int FILE_BYTES_MAX = 16 << 20;

    private static final char BYTE_ORDER_MARK = '\ufeff';

    private final JsonFactory json = new JsonFactory();
    private final ObjectDecoder decoder;
    private final SourceScope scope;

    ManifestReader(SourceScope scope) {
        this.decoder = scope.decoder();
        this.scope = scope;
    }

    /**
     * Reads the file. Objects that cannot be honoured are problems of the content.
     *
     * @param name how reports call the file
     * @throws InvalidInput if the file as a whole cannot be read
     * @throws java.nio.file.NoSuchFileException if it is gone
     * @throws IOException if the system does not give it
     */
    ManifestFile read(Path file, String name) throws IOException {
        ManifestFile.Builder content = new ManifestFile.Builder(name);
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new InvalidInput("the file is larger than " + (FILE_BYTES_MAX >> 20) + " MiB", 0);
        }
        try (InputStream bytes = Files.newInputStream(file);
                BufferedReader text = new BufferedReader(new InputStreamReader(
                        new BoundedInput(bytes, FILE_BYTES_MAX), StandardCharsets.UTF_8.newDecoder()))) {
            skipByteOrderMark(text);
            Consumer<Tree> documents = document -> readDocument(document, content);
            if (name.endsWith(".json")) {
                readJson(text, documents);
            } else {
                YamlDocuments.read(text, FILE_BYTES_MAX, documents);
            }
        } catch (CharacterCodingException e) {
            throw new InvalidInput("the file is not UTF-8", 0);
        }
        return content.build();
    }

    private static void skipByteOrderMark(BufferedReader text) throws IOException {
        text.mark(1);
        if (text.read() != BYTE_ORDER_MARK) {
            text.reset();
        }
    }

    private void readJson(Reader text, Consumer<Tree> documents) throws IOException {
        try (JsonParser parser = json.createParser(text)) {
            while (parser.nextToken() != null) {
                documents.accept(JsonTree.read(parser, true));
            }
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new InvalidInput("not JSON: " + Quoted.line(e.getOriginalMessage(), 200), line);
        }
    }

    private void readDocument(Tree document, ManifestFile.Builder content) {
        if (document instanceof Tree.Nothing) {
            return;
        }
        try {
            Field object = Field.root(document);
            String apiVersion = object.at("apiVersion").text(253);
            String kind = object.at("kind").text(253);
            if (!kind.endsWith("List")) {
                readObject(apiVersion, kind, object, content);
                return;
            }
            String itemKind = kind.substring(0, kind.length() - "List".length());
            for (Field item : object.at("items").items(Integer.MAX_VALUE)) {
                readItem(apiVersion, itemKind, item, content);
            }
        } catch (InvalidInput e) {
            content.problem(unnamed(content, e), e);
        }
    }

    /** Items of a {@code v1 List} say what they are; those of a {@code ServiceList} need not. */
    private void readItem(String listVersion, String listKind, Field item, ManifestFile.Builder content) {
        try {
            String apiVersion = item.at("apiVersion").text(253);
            String kind = item.at("kind").text(253);
            readObject(
                    apiVersion.isEmpty() ? listVersion : apiVersion, kind.isEmpty() ? listKind : kind, item, content);
        } catch (InvalidInput e) {
            content.problem(unnamed(content, e), e);
        }
    }

    private void readObject(String apiVersion, String kindText, Field object, ManifestFile.Builder content) {
        if (kindText.isEmpty()) {
            throw object.at("kind").error("is missing");
        }
        Optional<ClusterKind> known = decoder.kind(apiVersion, kindText);
        if (known.isEmpty()) {
            content.ignore();
            return;
        }
        ClusterKind kind = known.get();
        ObjectKey key = new ObjectKey(kind, decoder.name(kind, object));
        boolean foreign = kind == ClusterKind.NODE
                && !scope.nodeName().isEmpty()
                && !scope.nodeName().equals(key.name().name());
        if (foreign) {
            content.ignore();
        } else if (content.has(key)) {
            content.problem(key, object.error("is in this file twice; the first one counts"));
        } else if (!scope.wants(key)) {
            content.unwanted(key);
        } else {
            decode(key, object, content);
        }
    }

    private void decode(ObjectKey key, Field object, ManifestFile.Builder content) {
        try {
            decoder.decode(key.kind(), key.name(), object)
                    .ifPresentOrElse(record -> content.object(key, record, object.line()), () -> content.nothing(key));
        } catch (InvalidInput e) {
            content.problem(key, e);
        }
    }

    /** What cannot be named is known by its place. */
    private static ObjectKey unnamed(ManifestFile.Builder content, InvalidInput e) {
        return new ObjectKey(ClusterKind.MANIFEST, new ObjectName("", content.where(e.line())));
    }
}

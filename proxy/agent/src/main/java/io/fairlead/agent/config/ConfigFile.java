package io.fairlead.agent.config;

import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.Quoted;
import io.fairlead.cluster.source.decode.Tree;
import io.fairlead.cluster.source.decode.YamlDocuments;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.table.Printable;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a KubeProxyConfiguration says, in YAML or JSON, field by field. Decoding is strict: an unknown field or a wrong
 * type is a mistake with its path, and all mistakes are found in one pass.
 *
 * <p>Immutable.
 *
 * @param texts the fields that are given, each as a flag would write it
 * @param mistakes one sentence each
 */
record ConfigFile(Map<ConfigField, String> texts, List<String> mistakes) {

    /** A ConfigMap holds at most 1 MiB (API server's limit of an object). */
    private static final int FILE_BYTES_MAX = 1 << 20;

    private static final int SENTENCE_CHARS_MAX = 400;

    ConfigFile {
        texts = Map.copyOf(texts);
        mistakes = List.copyOf(mistakes);
    }

    /** Reads a file; what cannot be read is a mistake as well. */
    static ConfigFile read(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                return broken("it is larger than " + FILE_BYTES_MAX + " bytes");
            }
            byte[] bytes = Files.readAllBytes(file);
            return decode(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return broken("it is not UTF-8");
        } catch (IOException e) {
            return broken("it cannot be read (" + e + ")");
        }
    }

    /** Decodes a text; JSON is YAML as well. */
    static ConfigFile decode(String text) {
        List<Tree> documents = new ArrayList<>();
        try (Reader reader = new StringReader(text)) {
            YamlDocuments.read(reader, FILE_BYTES_MAX, document -> {
                if (!(document instanceof Tree.Nothing)) {
                    documents.add(document);
                }
            });
        } catch (InvalidInput e) {
            return broken(sentence(e));
        } catch (IOException e) {
            return broken("it cannot be read (" + e + ")");
        }
        if (documents.size() != 1 || !(documents.getFirst() instanceof Tree.Mapping mapping)) {
            return broken("expected one object of kind " + ConfigFields.KIND);
        }
        Decoding decoding = new Decoding();
        decoding.decode(mapping);
        return new ConfigFile(decoding.texts, decoding.mistakes);
    }

    private static ConfigFile broken(String reason) {
        return new ConfigFile(Map.of(), List.of(reason));
    }

    private static String sentence(InvalidInput e) {
        // A key may hold anything.
        String message = Printable.line(String.valueOf(e.getMessage()), SENTENCE_CHARS_MAX);
        return (e.line() == 0 ? "" : "line " + e.line() + ": ") + message;
    }

    /**
     * One pass over a document.
     *
     * <p>Confined to the thread that decodes.
     */
    private static final class Decoding {

        private final Map<ConfigField, String> texts = new LinkedHashMap<>();
        private final List<String> mistakes = new ArrayList<>();

        /** Sections that are no mappings; what is inside of them was complained about. */
        private final Set<String> brokenSections = new TreeSet<>();

        void decode(Tree.Mapping mapping) {
            Field root = Field.root(mapping);
            expect(root.at("apiVersion"), ConfigFields.API_VERSION);
            expect(root.at("kind"), ConfigFields.KIND);
            findUnknown(root, "");
            for (ConfigField field : ConfigFields.ALL) {
                try {
                    if (brokenSections.stream()
                            .noneMatch(section -> field.path().startsWith(section))) {
                        field.shape().read(at(root, field.path())).ifPresent(text -> texts.put(field, text));
                    }
                } catch (InvalidInput e) {
                    mistakes.add(sentence(e));
                }
            }
            texts.forEach((field, text) -> checked(root, field, text).ifPresent(mistakes::add));
        }

        private void expect(Field field, String expected) {
            try {
                if (!field.text(256).equals(expected)) {
                    throw field.error(
                            "expected " + expected + ", found " + field.tree().describe());
                }
            } catch (InvalidInput e) {
                mistakes.add(sentence(e));
            }
        }

        private void findUnknown(Field section, String prefix) {
            if (section.tree() instanceof Tree.Nothing) {
                return;
            }
            if (!(section.tree() instanceof Tree.Mapping mapping)) {
                mistakes.add(sentence(section.error(
                        "expected a mapping, found " + section.tree().describe())));
                brokenSections.add(prefix);
                return;
            }
            for (String key : mapping.keys()) {
                String path = prefix + key;
                boolean leaf = path.equals("apiVersion")
                        || path.equals("kind")
                        || ConfigFields.ALL.stream()
                                .anyMatch(field -> field.path().equals(path));
                if (!leaf
                        && ConfigFields.ALL.stream()
                                .anyMatch(field -> field.path().startsWith(path + "."))) {
                    findUnknown(section.at(key), path + ".");
                } else if (!leaf) {
                    mistakes.add(sentence(section.at(key).error("unknown field")));
                }
            }
        }

        private static Field at(Field root, String path) {
            Field field = root;
            for (String step : path.split("\\.", -1)) {
                field = field.at(step);
            }
            return field;
        }

        private static Optional<String> checked(Field root, ConfigField field, String text) {
            return switch (field) {
                case ConfigField.Unused _ -> Optional.empty();
                case ConfigField.Flagged flagged -> checked(at(root, field.path()), flagged.option(), text);
            };
        }

        private static Optional<String> checked(Field place, Option<?> option, String text) {
            try {
                option.format().parse(text);
                return Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.of(sentence(place.error(Quoted.of(text) + " is not accepted; expected "
                        + option.format().accepted())));
            }
        }
    }
}

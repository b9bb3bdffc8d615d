package io.fairlead.cluster.source.decode;

import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads a stream of YAML 1.2 documents (core schema), one tree at a time. It works on the events of the parser rather
 * than on a composed document, because that gives lines, a bound on everything, and aliases that share what they stand
 * for instead of copying it.
 *
 * <p>Confined to the thread of its source.
 */
public final class YamlDocuments {

    /** A scalar is copied once for each buffer that it spans. */
    private static final int BUFFER_CHARS = 1 << 16;

    private final Iterator<Event> events;
    private final ScalarResolver resolver = new CoreSchema().getScalarResolver();

    // Of the current document.
    private TreeLimits limits = new TreeLimits();
    private final Map<String, Anchored> anchors = new HashMap<>();

    private YamlDocuments(Reader text, int charsMax) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(charsMax)
                .setBufferSize(BUFFER_CHARS)
                .build();
        this.events = new Parse(settings).parseReader(text).iterator();
    }

    /**
     * Gives every document to the consumer as it is read.
     *
     * @param charsMax of the whole stream
     * @throws InvalidInput if the text is not YAML or beyond the limits; the documents before were given already
     */
    public static void read(Reader text, int charsMax, Consumer<Tree> documents) {
        try {
            new YamlDocuments(text, charsMax).readAll(documents);
        } catch (MarkedYamlEngineException e) {
            throw new InvalidInput(
                    problem(e), e.getProblemMark().map(YamlDocuments::line).orElse(0));
        } catch (YamlEngineException e) {
            throw new InvalidInput("not YAML: " + Quoted.line(String.valueOf(e.getMessage()), 200), 0);
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        String context = e.getContext() == null ? "" : e.getContext() + ": ";
        return "not YAML: " + Quoted.line(context + e.getProblem(), 200);
    }

    private void readAll(Consumer<Tree> documents) {
        while (events.hasNext()) {
            if (events.next() instanceof DocumentStartEvent) {
                limits = new TreeLimits();
                anchors.clear();
                documents.accept(value(events.next()));
            }
        }
    }

    private Tree value(Event event) {
        int line = line(event);
        int before = limits.values();
        limits.count(1, line);
        Tree tree = switch (event) {
            case AliasEvent alias -> alias(alias, line);
            case ScalarEvent scalar -> scalar(scalar, line);
            case SequenceStartEvent _ -> sequence(line);
            case MappingStartEvent _ -> mapping(line);
            default -> throw new InvalidInput("not YAML: unexpected " + event.getEventId(), line);
        };
        if (event instanceof NodeEvent node && !(event instanceof AliasEvent)) {
            node.getAnchor()
                    .ifPresent(anchor -> anchors.put(anchor.getValue(), new Anchored(tree, limits.values() - before)));
        }
        return tree;
    }

    /** An alias inside of what it stands for finds nothing: an anchor counts from the end of its value. */
    private Tree alias(AliasEvent event, int line) {
        Anchored target = anchors.get(event.getAlias().getValue());
        if (target == null) {
            throw new InvalidInput(
                    "no value before this alias: " + Quoted.of(event.getAlias().getValue()), line);
        }
        limits.count(target.values, line);
        return target.tree;
    }

    private Tree sequence(int line) {
        limits.enter(line);
        List<Tree> items = new ArrayList<>();
        for (Event next = events.next(); next.getEventId() != Event.ID.SequenceEnd; next = events.next()) {
            items.add(value(next));
        }
        limits.leave();
        return new Tree.Sequence(items, line);
    }

    private Tree mapping(int line) {
        limits.enter(line);
        MappingBuilder mapping = new MappingBuilder(line);
        for (Event next = events.next(); next.getEventId() != Event.ID.MappingEnd; next = events.next()) {
            mapping.key(key(next), line(next));
            mapping.value(value(events.next()));
        }
        limits.leave();
        return mapping.build();
    }

    private static String key(Event event) {
        if (!(event instanceof ScalarEvent scalar)) {
            throw new InvalidInput("a key must be a plain value", line(event));
        }
        if (scalar.isPlain() && scalar.getValue().equals("<<")) {
            throw new InvalidInput("merge keys (<<) are not part of YAML 1.2", line(event));
        }
        return scalar.getValue();
    }

    private Tree scalar(ScalarEvent event, int line) {
        String text = event.getValue();
        Tag tag = event.getTag()
                .map(Tag::new)
                .orElseGet(() -> resolver.resolve(text, event.getImplicit().canOmitTagInPlainScalar()));
        if (tag.equals(Tag.NULL)) {
            return new Tree.Nothing(line);
        }
        if (tag.equals(Tag.BOOL)) {
            return new Tree.Flag(text.equalsIgnoreCase("true"), line);
        }
        if (tag.equals(Tag.INT)) {
            return whole(text, line);
        }
        return tag.equals(Tag.FLOAT) ? new Tree.Fraction(text, line) : new Tree.Text(text, line);
    }

    /** The core schema's three notations (YAML 1.2.2, 10.3.2). */
    private static Tree whole(String text, int line) {
        try {
            long number = text.startsWith("0o")
                    ? Long.parseLong(text, 2, text.length(), 8)
                    : text.startsWith("0x") ? Long.parseLong(text, 2, text.length(), 16) : Long.parseLong(text);
            return new Tree.Whole(number, line);
        } catch (NumberFormatException e) {
            return new Tree.Fraction(text, line);
        }
    }

    private static int line(Event event) {
        return event.getStartMark().map(YamlDocuments::line).orElse(0);
    }

    private static int line(Mark mark) {
        return mark.getLine() + 1;
    }

    /**
     * What an anchor names, with the number of values in it.
     *
     * <p>Immutable.
     */
    private record Anchored(Tree tree, int values) {}
}

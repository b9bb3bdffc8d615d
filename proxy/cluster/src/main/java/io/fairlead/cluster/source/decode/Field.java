package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A place in a document, present or not, that knows its path. Its readers check type and bounds and complain with the
 * path, as in {@code spec.ports[1].port: 70000 is not a port (1..65535)}. Null counts as absent.
 *
 * <p>Immutable.
 */
public final class Field {

    private final @Nullable Field parent;
    private final String step;
    private final @Nullable Tree value;

    private Field(@Nullable Field parent, String step, @Nullable Tree value) {
        this.parent = parent;
        this.step = step;
        this.value = value instanceof Tree.Nothing ? null : value;
    }

    public static Field root(Tree tree) {
        return new Field(null, "", tree);
    }

    /** The value, null if it is absent. */
    public Tree tree() {
        return value == null ? new Tree.Nothing(line()) : value;
    }

    public boolean isPresent() {
        return value != null;
    }

    /** The field of that name in this mapping; absent if this is. */
    public Field at(String key) {
        return switch (value) {
            case null -> new Field(this, key, null);
            case Tree.Mapping mapping -> new Field(this, key, mapping.get(key));
            default -> throw wrongType("a mapping");
        };
    }

    /** The fields of this list; none if it is absent. */
    public List<Field> items(int max) {
        return switch (value) {
            case null -> List.of();
            case Tree.Sequence sequence -> {
                if (sequence.items().size() > max) {
                    throw error("has " + sequence.items().size() + " entries; the limit is " + max);
                }
                List<Field> items = new ArrayList<>(sequence.items().size());
                for (Tree item : sequence.items()) {
                    items.add(new Field(this, "[" + items.size() + "]", item));
                }
                yield items;
            }
            default -> throw wrongType("a list");
        };
    }

    /** The text; empty if the field is absent. */
    public String text(int max) {
        return switch (value) {
            case null -> "";
            case Tree.Text(String text, int _) -> {
                if (text.length() > max) {
                    throw error("has " + text.length() + " characters; the limit is " + max);
                }
                yield text;
            }
            default -> throw wrongType("a string");
        };
    }

    /**
     * A name of Kubernetes, as RFC 1123 has them: lower case letters, digits, '-' and, where it is a subdomain, '.'.
     * Empty if the field is absent.
     */
    public String name(int max) {
        String text = text(max);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean inside = i > 0 && i < text.length() - 1;
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || inside && (c == '-' || c == '.'))) {
                throw error(Quoted.of(text) + " is not a name (lower case letters, digits, '-' and '.')");
            }
        }
        return text;
    }

    /** True or false. */
    public boolean flag(boolean whenAbsent) {
        return switch (value) {
            case null -> whenAbsent;
            case Tree.Flag(boolean flag, int _) -> flag;
            default -> throw wrongType("true or false");
        };
    }

    /** A number; {@code what} says what it should be, as in "a port". */
    public int number(int whenAbsent, int min, int max, String what) {
        return switch (value) {
            case null -> whenAbsent;
            case Tree.Whole(long number, int _) -> {
                if (number < min || number > max) {
                    throw error(number + " is not " + what + " (" + min + ".." + max + ")");
                }
                yield (int) number;
            }
            default -> throw wrongType(what + " (" + min + ".." + max + ")");
        };
    }

    /** One of the constants, spelled as in {@code labels}, in the same order; the first if the field is absent. */
    public <E extends Enum<E>> E oneOf(Class<E> type, String... labels) {
        String text = text(64);
        E[] constants = type.getEnumConstants();
        if (text.isEmpty()) {
            return constants[0];
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i].equals(text)) {
                return constants[i];
            }
        }
        throw error(Quoted.of(text) + " is none of " + String.join(", ", labels));
    }

    IpAddress address() {
        return parse("an IP address", IpAddress::parse);
    }

    IpPrefix prefix() {
        return parse("a CIDR", IpPrefix::parse);
    }

    private <T> T parse(String what, Function<String, T> parser) {
        if (value == null) {
            throw error("is missing: expected " + what);
        }
        String text = text(256);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw error(Quoted.of(text) + " is not " + what);
        }
    }

    /** A complaint about this field. */
    public InvalidInput error(String reason) {
        return new InvalidInput(path() + ": " + reason, line());
    }

    /** The line of the value, or of the nearest one around it. */
    public int line() {
        return value != null ? value.line() : parent != null ? parent.line() : 0;
    }

    private InvalidInput wrongType(String expected) {
        return error("expected " + expected + ", found " + (value == null ? "nothing" : value.describe()));
    }

    private String path() {
        if (parent == null) {
            return "object";
        }
        if (parent.parent == null) {
            return step;
        }
        return step.startsWith("[") ? parent.path() + step : parent.path() + "." + step;
    }
}

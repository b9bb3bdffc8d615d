package io.fairlead.cluster.source.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parsed document: what JSON and YAML have in common, with the line on which each value starts (1 is the first, 0
 * unknown). A tree lives only until its objects are decoded.
 *
 * <p>Immutable.
 */
public sealed interface Tree {

    int line();

    /** How a message calls this value, short enough for a log line. */
    String describe();

    /**
     * Keys with their values, in the order of the text. Objects have few keys, so a search is as fast as a hash and takes
     * a fraction of the memory.
     *
     * <p>Immutable.
     */
    record Mapping(List<String> keys, List<Tree> values, int line) implements Tree {

        @Nullable
        Tree get(String key) {
            int index = keys.indexOf(key);
            return index < 0 ? null : values.get(index);
        }

        @Override
        public String describe() {
            return "a mapping";
        }
    }

    /**
     * A list.
     *
     * <p>Immutable.
     */
    record Sequence(List<Tree> items, int line) implements Tree {

        @Override
        public String describe() {
            return "a list";
        }
    }

    /**
     * A string.
     *
     * <p>Immutable.
     */
    record Text(String value, int line) implements Tree {

        @Override
        public String describe() {
            return "the string " + Quoted.of(value);
        }
    }

    /**
     * A whole number that fits 64 bits.
     *
     * <p>Immutable.
     */
    record Whole(long value, int line) implements Tree {

        @Override
        public String describe() {
            return "the number " + value;
        }
    }

    /**
     * A number that is not whole, or too large.
     *
     * <p>Immutable.
     */
    record Fraction(String text, int line) implements Tree {

        @Override
        public String describe() {
            return "the number " + Quoted.of(text);
        }
    }

    /**
     * True or false.
     *
     * <p>Immutable.
     */
    record Flag(boolean value, int line) implements Tree {

        @Override
        public String describe() {
            return String.valueOf(value);
        }
    }

    /**
     * Null, which means the same as absent (API conventions).
     *
     * <p>Immutable.
     */
    record Nothing(int line) implements Tree {

        @Override
        public String describe() {
            return "null";
        }
    }
}

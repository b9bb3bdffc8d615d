package io.fairlead.cluster.source.decode;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects a mapping, key by key, and refuses a key that is there twice: which one counts would be a guess.
 *
 * <p>Confined to the thread of its source.
 */
final class MappingBuilder {

    /** Beyond so many keys a set finds duplicates faster than a look at each; most mappings have fewer. */
    private static final int FEW = 16;

    private final int line;
    private final List<String> keys = new ArrayList<>(6);
    private final List<Tree> values = new ArrayList<>(6);
    private Set<String> many = Set.of();

    MappingBuilder(int line) {
        this.line = line;
    }

    /** The next value belongs to this key. */
    void key(String key, int keyLine) {
        if (keys.size() == FEW) {
            many = new HashSet<>(keys);
        }
        if (keys.size() < FEW ? keys.contains(key) : !many.add(key)) {
            throw new InvalidInput("the key " + Quoted.of(key) + " is there twice", keyLine);
        }
        keys.add(key);
    }

    void value(Tree value) {
        values.add(value);
    }

    Tree.Mapping build() {
        return new Tree.Mapping(keys, values, line);
    }
}

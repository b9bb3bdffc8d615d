package io.fairlead.runtime.options;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The words after a command, told apart but not understood yet. Immutable.
 *
 * @param values what was written for each option, in its order; {@code true} for a flag without a value
 * @param positional words that belong to no option
 * @param unknown names of options that the command does not have
 * @param incomplete options at whose end there was no value
 */
record Words(
        Map<Option<?>, List<String>> values,
        List<String> positional,
        List<String> unknown,
        List<Option<?>> incomplete) {

    private static final String END_OF_OPTIONS = "--";

    /** Tells words apart as the pflag library does; underscores in names count as hyphens. */
    static Words of(List<Option<?>> options, List<String> words) {
        Map<String, Option<?>> byName = new HashMap<>();
        options.forEach(option -> option.names().forEach(name -> byName.put(name, option)));
        Words sorted = new Words(new HashMap<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        int next = 0;
        while (next < words.size()) {
            String word = words.get(next++);
            if (word.equals(END_OF_OPTIONS)) {
                sorted.positional.addAll(words.subList(next, words.size()));
                break;
            }
            if (!word.startsWith("-") || word.equals("-")) {
                sorted.positional.add(word);
                continue;
            }
            Spelling spelling = Spelling.of(word, byName);
            Option<?> option = byName.get(spelling.name);
            if (option == null) {
                sorted.unknown.add(spelling.name);
            } else if (spelling.hasValue) {
                sorted.add(option, spelling.value);
            } else if (option.isFlag()) {
                sorted.add(option, "true");
            } else if (next < words.size() && mayBeValue(words.get(next), byName)) {
                sorted.add(option, words.get(next++));
            } else {
                sorted.incomplete.add(option);
            }
        }
        return sorted;
    }

    private void add(Option<?> option, String value) {
        values.computeIfAbsent(option, _ -> new ArrayList<>()).add(value);
    }

    /** A value may begin with a hyphen, but where an option of this command stands, the value was forgotten. */
    private static boolean mayBeValue(String word, Map<String, Option<?>> byName) {
        return !word.equals(END_OF_OPTIONS) && !byName.containsKey(Spelling.of(word, byName).name);
    }

    /** {@code --name}, {@code --name=value}, {@code -n}, {@code -n=value} or {@code -nvalue}. Immutable. */
    private record Spelling(String name, boolean hasValue, String value) {

        static Spelling of(String word, Map<String, Option<?>> byName) {
            int equals = word.indexOf('=');
            String name = (equals < 0 ? word : word.substring(0, equals)).replace('_', '-');
            if (!byName.containsKey(name) && word.length() > 2) {
                Option<?> shortened = byName.get(word.substring(0, 2));
                if (shortened != null && !shortened.isFlag()) {
                    return new Spelling(word.substring(0, 2), true, word.substring(2));
                }
            }
            return equals < 0 ? new Spelling(name, false, "") : new Spelling(name, true, word.substring(equals + 1));
        }
    }
}

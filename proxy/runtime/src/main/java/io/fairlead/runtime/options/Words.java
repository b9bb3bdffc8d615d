package io.fairlead.runtime.options;

import io.fairlead.runtime.table.Printable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The words behind a command, sorted out: which belong to which option, which stand by themselves, which make no sense.
 *
 * <p>Options are written as for kube-proxy (the pflag library): {@code --name value}, {@code --name=value}, {@code -n
 * value}, {@code -nvalue}; {@code --} ends them, and underscores in names
 * count as hyphens. A flag never takes the next word. Confined to the thread that parses.
 */
final class Words {

    private static final int SHOWN_CHARS_MAX = 100;

    private final Map<String, Option<?>> known = new HashMap<>();
    private final Map<Option<?>, List<String>> given = new HashMap<>();
    private final List<String> positional = new ArrayList<>();
    private final List<String> mistakes = new ArrayList<>();

    Words(List<Option<?>> options, List<String> words) {
        for (Option<?> option : options) {
            option.names().forEach(name -> known.put(name, option));
        }
        boolean optionsEnded = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (optionsEnded || !word.startsWith("-") || word.equals("-")) {
                positional.add(word);
            } else if (word.equals("--")) {
                optionsEnded = true;
            } else if (takeOption(word, i + 1 < words.size() ? Optional.of(words.get(i + 1)) : Optional.empty())) {
                i++;
            }
        }
    }

    /** Whether the option took the next word as its value. */
    private boolean takeOption(String word, Optional<String> next) {
        int nameEnd = word.startsWith("--") ? indexOrEnd(word, '=') : 2;
        String name = word.substring(0, nameEnd);
        Option<?> option = known.get(name.replace('_', '-'));
        if (option == null) {
            mistakes.add("unknown option '" + shown(name) + "'" + Suggestion.text(name, known.keySet()));
            return false;
        }
        List<String> texts = given.computeIfAbsent(option, ignored -> new ArrayList<>());
        if (nameEnd < word.length()) {
            texts.add(word.substring(word.charAt(nameEnd) == '=' ? nameEnd + 1 : nameEnd));
            return false;
        }
        if (option.isFlag()) {
            texts.add("true");
            return false;
        }
        if (next.isEmpty() || known.containsKey(next.get().substring(0, indexOrEnd(next.get(), '=')))) {
            mistakes.add(option.title() + " needs a value: " + option.label());
            return false;
        }
        texts.add(next.get());
        return true;
    }

    private static int indexOrEnd(String text, char c) {
        int index = text.indexOf(c);
        return index < 0 ? text.length() : index;
    }

    boolean isGiven(Option<?> option) {
        return given.containsKey(option);
    }

    /** A list is all values with commas between them, anything else its last value; nothing if there is no value. */
    Optional<String> text(Option<?> option) {
        List<String> texts = given.getOrDefault(option, List.of());
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(option.repeatable() ? String.join(",", texts) : texts.getLast());
    }

    /** The words that belong to no option. */
    List<String> positional() {
        return positional;
    }

    /** What is wrong with the options as written; their values are not looked at. */
    List<String> mistakes() {
        return mistakes;
    }

    /** Foreign text for a message. */
    static String shown(String text) {
        return Printable.line(text, SHOWN_CHARS_MAX);
    }
}

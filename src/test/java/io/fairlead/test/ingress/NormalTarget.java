package io.fairlead.test.ingress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The normal form of a target's path (RFC 3986 section 6.2.2), written without looking at how the ingress does it.
 *
 * <p>Immutable: pure functions.
 */
final class NormalTarget {

    private static final Pattern ESCAPE = Pattern.compile("%([0-9a-fA-F]{2})");

    private NormalTarget() {}

    /** Of a target, or of a request line with one. */
    static String of(String line) {
        int from = line.indexOf('/');
        if (from < 0) {
            return line;
        }
        int to = line.length();
        for (char end : new char[] {'?', ' '}) {
            int at = line.indexOf(end, from);
            to = at < 0 ? to : Math.min(to, at);
        }
        return line.substring(0, from) + withoutDots(decoded(line.substring(from, to))) + line.substring(to);
    }

    private static String decoded(String path) {
        Matcher escapes = ESCAPE.matcher(path);
        return escapes.replaceAll(found -> {
            char value = (char) Integer.parseInt(found.group(1), 16);
            boolean unreserved = value < 128 && (Character.isLetterOrDigit(value) || "-._~".indexOf(value) >= 0);
            return unreserved ? Character.toString(value) : found.group().toUpperCase(Locale.ROOT);
        });
    }

    private static String withoutDots(String path) {
        String[] segments = path.split("/", -1);
        List<String> kept = new ArrayList<>();
        for (int i = 1; i < segments.length; i++) {
            boolean last = i == segments.length - 1;
            switch (segments[i]) {
                case "." -> {
                    if (last) {
                        kept.add("");
                    }
                }
                case ".." -> {
                    if (!kept.isEmpty()) {
                        kept.removeLast();
                    }
                    if (last) {
                        kept.add("");
                    }
                }
                default -> kept.add(segments[i]);
            }
        }
        return "/" + String.join("/", kept);
    }
}

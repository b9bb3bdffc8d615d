package io.fairlead.agent.command;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The last line of defence of a bug report: what looks like a secret does not leave. The agent keeps none, but a log line
 * of a library, or an operator's URL, may hold one.
 *
 * <p>Immutable: pure functions.
 */
final class Redaction {

    private static final String GONE = "(removed)";

    /** A pattern and what stays of it. */
    private record Rule(Pattern pattern, String replacement) {}

    private static final List<Rule> RULES = List.of(
            rule("-----BEGIN .*", GONE),
            // The user part of a URL, RFC 3986 section 3.2.1.
            rule("://[^/\\s@]+@", "://" + GONE + "@"),
            rule("(?i)\\b(bearer|basic)\\s+[a-z0-9._~+/=-]{6,}", "$1 " + GONE),
            // A JSON Web Token, RFC 7519: its header is a JSON object in base64.
            rule("eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_.-]+", GONE),
            // Not behind a slash or a hyphen, where it is the name of an object.
            rule(
                    "(?i)(?<![\\w/-])([\\w-]*(?:token|passw(?:or)?d|secret|api-?key|key-data))"
                            + "(\"?\\s*[:=]\\s*\"?)[^\\s\",]{3,}",
                    "$1$2" + GONE));

    private Redaction() {}

    private static Rule rule(String pattern, String replacement) {
        return new Rule(Pattern.compile(pattern), replacement);
    }

    /** The line without what looks like a secret. */
    static String line(String line) {
        String clean = line;
        for (Rule rule : RULES) {
            clean = rule.pattern.matcher(clean).replaceAll(rule.replacement);
        }
        return clean;
    }
}

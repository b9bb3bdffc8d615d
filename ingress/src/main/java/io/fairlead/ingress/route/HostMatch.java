package io.fairlead.ingress.route;

/**
 * The hosts that a route is for. Names are in lower case; requests are compared without regard to case and port.
 *
 * <p>The wildcard of Gateway API, which stands for any number of labels, would be another kind, for which
 * {@link HostIndex} asks behind each dot instead of the first.
 *
 * <p>Immutable.
 */
public sealed interface HostMatch {

    HostMatch ANY = new Any();

    /** As it is written in a rule; empty for any host. */
    String text();

    /** One name. */
    record Exact(String text) implements HostMatch {

        public Exact {
            checkName(text, text);
        }
    }

    /**
     * {@code *.foo.com}: any name of exactly one label more (Ingress v1), so {@code a.foo.com}, but neither
     * {@code foo.com} nor {@code b.a.foo.com}.
     *
     * @param suffix what is behind the asterisk and its dot
     */
    record OneLabel(String suffix) implements HostMatch {

        public OneLabel {
            checkName(suffix, "*." + suffix);
        }

        @Override
        public String text() {
            return "*." + suffix;
        }
    }

    /** All requests, also those without a host. */
    record Any() implements HostMatch {

        @Override
        public String text() {
            return "";
        }
    }

    /**
     * Reads the host of an Ingress rule.
     *
     * @param written empty for any host, {@code *.} and a name for one label more, or a name
     * @throws IllegalArgumentException if it is none of these in lower case; addresses are none
     */
    static HostMatch parse(String written) {
        if (written.isEmpty()) {
            return ANY;
        }
        return written.startsWith("*.") ? new OneLabel(written.substring(2)) : new Exact(written);
    }

    private static void checkName(String name, String written) {
        int label = 0;
        boolean digits = true;
        for (int i = 0; i <= name.length(); i++) {
            char c = i < name.length() ? name.charAt(i) : '.';
            if (c != '.') {
                boolean digit = c >= '0' && c <= '9';
                digits &= digit;
                boolean letter = c >= 'a' && c <= 'z';
                boolean hyphenInside = c == '-' && i > label && i + 1 < name.length() && name.charAt(i + 1) != '.';
                if (digit || letter || hyphenInside) {
                    continue;
                }
                throw refused(written, "it is not a DNS name in lower case");
            }
            if (i == label || i - label > 63) {
                throw refused(written, "each label has 1 to 63 characters");
            }
            if (i == name.length() && digits) {
                throw refused(written, "an address is no host name");
            }
            label = i + 1;
            digits = true;
        }
        if (name.length() > 253) {
            throw refused(written, "a name has at most 253 characters");
        }
    }

    private static IllegalArgumentException refused(String written, String reason) {
        return new IllegalArgumentException("host " + written + ": " + reason);
    }
}

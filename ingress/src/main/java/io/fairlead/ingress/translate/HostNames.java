package io.fairlead.ingress.translate;

import io.fairlead.ingress.route.HostMatch;
import java.util.Locale;

/**
 * Names of hosts that a Service names.
 *
 * <p>Immutable: it has no state.
 */
final class HostNames {

    private HostNames() {}

    /** In lower case without a final dot; empty if it is no fully qualified name: one label, an address, or nonsense. */
    static String normal(String written) {
        String name = written.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        try {
            return new HostMatch.Exact(name).text().indexOf('.') > 0 ? name : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}

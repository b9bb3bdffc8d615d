package io.fairlead.test.scenario;

import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesRuleset;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel holds of ours in tables of iptables, as lines. The order of rules counts, that of chains does not.
 *
 * <p>Thread-safe: a pure function.
 */
public final class IptablesState {

    private static final String PREFIX = "FL-";

    private IptablesState() {}

    /** @param tools of both families */
    public static List<String> read(List<Iptables> tools) {
        List<String> lines = new ArrayList<>();
        for (Iptables tool : tools) {
            List<String> tables = List.of("raw", "mangle", "nat", "filter");
            IptablesRuleset ruleset = tool.read(tables);
            for (String table : tables) {
                String where = (tool.ipv6() ? "ip6 " : "ip ") + table + " ";
                ruleset.chains(table).forEach((chain, content) -> {
                    if (chain.startsWith(PREFIX)) {
                        lines.add(where + chain + " " + content.rules());
                    } else {
                        content.rules().stream()
                                .filter(rule -> rule.text().contains(PREFIX))
                                .forEach(rule -> lines.add(where + chain + " " + rule));
                    }
                });
            }
        }
        return lines.stream().sorted().toList();
    }
}

package io.fairlead.agent.mode;

import io.fairlead.kernel.Sysctl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters of the kernel (Documentation/networking/ipvs-sysctl.rst) without which IPVS does not do what Services
 * promise. They are there once IPVS is loaded.
 *
 * <p>Thread-safe: keeps nothing.
 */
final class IpvsParameters {

    /** Without it nothing that IPVS sends on is masqueraded. */
    private static final String CONNTRACK = "net/ipv4/vs/conntrack";

    private IpvsParameters() {}

    /**
     * Sets what differs.
     *
     * @return what could not be set and must be, with the reason; empty if IPVS can serve
     */
    static List<String> apply(boolean strictArp) {
        Map<String, Integer> wanted = new LinkedHashMap<>();
        wanted.put(CONNTRACK, 1);
        // A client whose server is gone must not wait for a connection that nobody answers.
        wanted.put("net/ipv4/vs/expire_nodest_conn", 1);
        // Affinity must not lead to a server that is on its way out.
        wanted.put("net/ipv4/vs/expire_quiescent_template", 1);
        wanted.put("net/ipv4/ip_forward", 1);
        if (strictArp) {
            wanted.put("net/ipv4/conf/all/arp_ignore", 1);
            wanted.put("net/ipv4/conf/all/arp_announce", 2);
        }
        List<String> refused = new ArrayList<>();
        wanted.forEach((path, value) -> {
            Sysctl.Outcome outcome = set(new Sysctl(path), value);
            if (!(outcome instanceof Sysctl.Value)) {
                refused.add(path + " to " + value + " (" + outcome + ")");
            }
        });
        return refused;
    }

    private static Sysctl.Outcome set(Sysctl parameter, int value) {
        Sysctl.Outcome found = parameter.read();
        return found.equals(new Sysctl.Value(Integer.toString(value))) ? found : parameter.write(value);
    }
}

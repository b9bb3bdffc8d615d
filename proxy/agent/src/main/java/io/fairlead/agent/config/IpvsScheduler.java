package io.fairlead.agent.config;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * How IPVS chooses, as ipvsadm(8) writes it: a scheduler and its flags, {@code mh,mh-fallback,mh-port}.
 *
 * <p>Immutable.
 *
 * @param fallback of sh and mh: another server while the chosen one has no weight
 * @param port of sh and mh: the client's port counts, too
 */
public record IpvsScheduler(String name, boolean fallback, boolean port) {

    /** kube-proxy's default. */
    static final IpvsScheduler ROUND_ROBIN = new IpvsScheduler("rr", false, false);

    /** Of kernel 6.12. */
    private static final Set<String> NAMES =
            Set.of("rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "mh", "fo", "ovf", "twos");

    private static final Set<String> WITH_FLAGS = Set.of("sh", "mh");

    /**
     * Nothing means kube-proxy's default.
     *
     * @throws IllegalArgumentException if it is none
     */
    static IpvsScheduler parse(String text) {
        if (text.isEmpty()) {
            return ROUND_ROBIN;
        }
        List<String> words = Arrays.asList(text.split(",", -1));
        String name = words.getFirst();
        List<String> flags = words.subList(1, words.size());
        List<String> known = WITH_FLAGS.contains(name) ? List.of(name + "-fallback", name + "-port") : List.of();
        if (!NAMES.contains(name) || !known.containsAll(flags)) {
            throw new IllegalArgumentException();
        }
        return new IpvsScheduler(name, flags.contains(name + "-fallback"), flags.contains(name + "-port"));
    }

    @Override
    public String toString() {
        return name + (fallback ? "," + name + "-fallback" : "") + (port ? "," + name + "-port" : "");
    }
}

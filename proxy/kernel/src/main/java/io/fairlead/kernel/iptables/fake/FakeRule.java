package io.fairlead.kernel.iptables.fake;

import io.fairlead.kernel.iptables.IptablesRule;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A rule that was understood.
 *
 * <p>Immutable.
 *
 * @param rule as it was written
 * @param matches all of which must fit
 */
record FakeRule(IptablesRule rule, List<Match> matches, Target target) {

    FakeRule {
        matches = List.copyOf(matches);
    }

    /** What a packet must be like. */
    sealed interface Match {

        /** Of an address only so many bits count. */
        record Network(boolean source, boolean negated, InetAddress address, int bits) implements Match {}

        /** @param name its end may be a {@code +} for any further characters */
        record Arrival(boolean negated, String name) implements Match {}

        record TransportProtocol(int number) implements Match {}

        record Ports(int first, int last) implements Match {}

        record Connection(boolean negated, Set<String> states) implements Match {
            public Connection {
                states = Set.copyOf(states);
            }
        }

        record Marked(boolean negated, int value, int mask) implements Match {}

        record OfThisMachine(boolean source) implements Match {}

        /** Fits one packet of so many. */
        record Chance(int oneOf) implements Match {}

        /** @param seconds since the source was noted, 0 to note it */
        record Recent(String list, int seconds) implements Match {}
    }

    /** What happens to it. */
    sealed interface Target {

        /** Nothing: the next rule. */
        record None() implements Target {}

        record Jump(String chain, boolean comesBack) implements Target {}

        record Accept() implements Target {}

        record Drop() implements Target {}

        record Return() implements Target {}

        record Reject(boolean reset) implements Target {}

        record Mark(int value, int mask) implements Target {}

        record Translate(InetAddress address, int port) implements Target {}

        record Masquerade() implements Target {}
    }

    /** The chains that it leads to: one or none. */
    List<String> leadsTo() {
        List<String> chains = new ArrayList<>();
        if (target instanceof Target.Jump jump) {
            chains.add(jump.chain);
        }
        return chains;
    }
}

package io.fairlead.kernel.iptables.fake;

import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.iptables.fake.FakeRule.Match;
import io.fairlead.kernel.iptables.fake.FakeRule.Target;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * The way of one packet through tables raw, nat and filter.
 *
 * <p>Guarded by the {@link FakeIptablesKernel}.
 */
final class IptablesWalk {

    private static final String LOOPBACK = "lo";
    private static final long MILLIS = 1_000;

    private final FakeIptablesKernel kernel;
    private final TracedNode node;
    private final TracedPacket origin;
    private final IntPredicate chance;
    private final List<String> matched = new ArrayList<>();
    private final Map<String, InetAddress> notes = new HashMap<>();
    private double probability = 1;

    private InetAddress destination;
    private int destinationPort;
    private boolean translated;
    private boolean masqueraded;
    private int mark;
    private String arrival;

    /** @param chance whether what happens once in so many times happens now */
    IptablesWalk(FakeIptablesKernel kernel, TracedNode node, TracedPacket origin, IntPredicate chance) {
        this.kernel = kernel;
        this.node = node;
        this.origin = origin;
        this.chance = chance;
        this.destination = origin.destination();
        this.destinationPort = origin.destinationPort();
        this.arrival = origin.arrivesOn();
    }

    private enum Fate {
        /** At the end of a chain, or by return. */
        CONTINUE,
        ACCEPT,
        DROP,
        REJECT
    }

    Trace.Outcome run() {
        return switch (origin.isSentLocally() ? send() : arrive()) {
            case DROP -> new Trace.Dropped();
            case REJECT -> new Trace.Rejected();
            case ACCEPT, CONTINUE -> new Trace.Delivered(destination, destinationPort, translated, masqueraded);
        };
    }

    double probability() {
        return probability;
    }

    List<String> matched() {
        return matched;
    }

    void keepNotes() {
        notes.forEach((list, source) ->
                kernel.noted().computeIfAbsent(list, _ -> new HashMap<>()).put(source, kernel.nowMillis()));
    }

    private Fate arrive() {
        if (isBad(at("raw", "PREROUTING"))) {
            return Fate.DROP;
        }
        at("nat", "PREROUTING");
        if (isLocal(destination)) {
            return at("filter", "INPUT");
        }
        Fate forward = at("filter", "FORWARD");
        if (!isBad(forward)) {
            at("nat", "POSTROUTING");
        }
        return forward;
    }

    private Fate send() {
        if (isBad(at("raw", "OUTPUT"))) {
            return Fate.DROP;
        }
        at("nat", "OUTPUT");
        Fate output = at("filter", "OUTPUT");
        if (isBad(output)) {
            return output;
        }
        at("nat", "POSTROUTING");
        if (!isLocal(destination)) {
            return output;
        }
        // The loopback interface gives the packet back, with its mark; its connection is translated as it is.
        arrival = LOOPBACK;
        return isBad(at("raw", "PREROUTING")) ? Fate.DROP : at("filter", "INPUT");
    }

    private static boolean isBad(Fate fate) {
        return fate == Fate.DROP || fate == Fate.REJECT;
    }

    private boolean isLocal(InetAddress address) {
        return address.isLoopbackAddress() || node.isLocal(address);
    }

    private Fate at(String name, String hook) {
        FakeTable table = kernel.tables(origin.isIpv6()).get(name);
        return table == null ? Fate.ACCEPT : chain(table, hook);
    }

    private Fate chain(FakeTable table, String chain) {
        for (FakeRule rule : table.rules(chain)) {
            if (!matches(rule)) {
                continue;
            }
            matched.add(chain + ": " + rule.rule().text());
            switch (rule.target()) {
                case Target.None() -> {
                    // The next rule.
                }
                case Target.Jump(String next, boolean comesBack) -> {
                    Fate fate = chain(table, next);
                    if (fate != Fate.CONTINUE || !comesBack) {
                        return fate;
                    }
                }
                case Target.Return() -> {
                    return Fate.CONTINUE;
                }
                case Target.Accept() -> {
                    return Fate.ACCEPT;
                }
                case Target.Drop() -> {
                    return Fate.DROP;
                }
                case Target.Reject _ -> {
                    return Fate.REJECT;
                }
                case Target.Mark(int value, int mask) -> mark = mark & ~mask ^ value;
                case Target.Translate(InetAddress address, int port) -> {
                    destination = address;
                    destinationPort = port;
                    translated = true;
                    return Fate.ACCEPT;
                }
                case Target.Masquerade() -> {
                    masqueraded = true;
                    return Fate.ACCEPT;
                }
            }
        }
        return Fate.CONTINUE;
    }

    private boolean matches(FakeRule rule) {
        for (Match match : rule.matches()) {
            if (!matches(match)) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(Match match) {
        return switch (match) {
            case Match.Network(boolean source, boolean negated, InetAddress address, int bits) ->
                isIn(source ? origin.source() : destination, address, bits) != negated;
            case Match.Arrival(boolean negated, String name) -> arrivesOn(name) != negated;
            case Match.TransportProtocol(int number) -> origin.protocol() == number;
            case Match.Ports(int first, int last) -> first <= destinationPort && destinationPort <= last;
            case Match.Connection(boolean negated, Set<String> states) ->
                (states.contains("NEW") || translated && states.contains("DNAT")) != negated;
            case Match.Marked(boolean negated, int value, int mask) -> ((mark & mask) == value) != negated;
            case Match.OfThisMachine(boolean source) -> isLocal(source ? origin.source() : destination);
            case Match.Chance(int oneOf) -> happens(oneOf);
            case Match.Recent(String list, int seconds) -> {
                if (seconds == 0) {
                    notes.put(list, origin.source());
                    yield true;
                }
                Long when = kernel.noted().getOrDefault(list, Map.of()).get(origin.source());
                yield when != null && kernel.nowMillis() - when <= seconds * MILLIS;
            }
        };
    }

    private boolean happens(int oneOf) {
        boolean happens = chance.test(oneOf);
        probability *= happens ? 1.0 / oneOf : (oneOf - 1.0) / oneOf;
        return happens;
    }

    private boolean arrivesOn(String name) {
        return name.endsWith("+") ? arrival.startsWith(name.substring(0, name.length() - 1)) : arrival.equals(name);
    }

    private static boolean isIn(InetAddress address, InetAddress network, int bits) {
        int rest = Byte.SIZE * network.getAddress().length - bits;
        return new BigInteger(1, address.getAddress())
                .shiftRight(rest)
                .equals(new BigInteger(1, network.getAddress()).shiftRight(rest));
    }
}

package io.fairlead.kernel.iptables.fake;

import io.fairlead.kernel.iptables.IptablesRule;
import io.fairlead.kernel.iptables.fake.FakeRule.Match;
import io.fairlead.kernel.iptables.fake.FakeRule.Target;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the words of a rule, as the tools do; refuses what they refuse, and what it does not know.
 *
 * <p>Confined to one thread.
 */
final class FakeRuleParser {

    private static final Map<String, Integer> PROTOCOLS = Map.of("tcp", 6, "udp", 17, "sctp", 132);
    private static final double CERTAIN = 0x8000_0000L;
    private static final int LIST_NAME_MAX = 199;

    private final boolean ipv6;
    private final List<String> words;
    private final List<Match> matches = new ArrayList<>();
    private int position;
    private String protocol = "";

    private FakeRuleParser(IptablesRule rule, boolean ipv6) {
        this.words = rule.words();
        this.ipv6 = ipv6;
    }

    /** @throws IllegalArgumentException saying what is wrong */
    static FakeRule parse(IptablesRule rule, boolean ipv6) {
        FakeRuleParser parser = new FakeRuleParser(rule, ipv6);
        Target target = parser.all();
        return new FakeRule(rule, parser.matches, target);
    }

    private String next() {
        if (position == words.size()) {
            throw new IllegalArgumentException("something is missing at the end");
        }
        return words.get(position++);
    }

    /** Takes these words, if they are the next ones. */
    private boolean has(String... expected) {
        List<String> phrase = List.of(expected);
        boolean there = position + phrase.size() <= words.size()
                && words.subList(position, position + phrase.size()).equals(phrase);
        position += there ? phrase.size() : 0;
        return there;
    }

    private void expect(String... expected) {
        if (!has(expected)) {
            throw new IllegalArgumentException("expected " + String.join(" ", expected) + " at word " + position);
        }
    }

    private Target all() {
        while (position < words.size()) {
            boolean negated = has("!");
            String word = next();
            switch (word) {
                case "-s", "-d" -> matches.add(network(word.equals("-s"), negated, next()));
                case "-i" -> matches.add(new Match.Arrival(negated, next()));
                case "-p" -> protocol();
                case "-m" -> match();
                case "-g" -> {
                    return end(new Target.Jump(next(), false));
                }
                case "-j" -> {
                    return end(target(next()));
                }
                default -> throw new IllegalArgumentException("unknown option \"" + word + "\"");
            }
        }
        return new Target.None();
    }

    private Target end(Target target) {
        if (position < words.size()) {
            throw new IllegalArgumentException("unknown option \"" + words.get(position) + "\"");
        }
        return target;
    }

    private Match network(boolean source, boolean negated, String text) {
        int slash = text.indexOf('/');
        InetAddress address = address(text.substring(0, slash));
        return new Match.Network(source, negated, address, Integer.parseInt(text.substring(slash + 1)));
    }

    private InetAddress address(String text) {
        InetAddress address = InetAddress.ofLiteral(text);
        if (address instanceof Inet6Address != ipv6) {
            throw new IllegalArgumentException(text + " is of the other family");
        }
        return address;
    }

    private void protocol() {
        protocol = next();
        Integer number = PROTOCOLS.get(protocol);
        if (number == null) {
            throw new IllegalArgumentException("unknown protocol \"" + protocol + "\"");
        }
        matches.add(new Match.TransportProtocol(number));
    }

    private void match() {
        String name = next();
        switch (name) {
            case "comment" -> {
                expect("--comment");
                if (next().length() > IptablesRule.COMMENT_MAX) {
                    throw new IllegalArgumentException("the comment is too long");
                }
            }
            case "conntrack" -> {
                boolean negated = has("!");
                expect("--ctstate");
                matches.add(new Match.Connection(negated, Set.of(next().split(",", -1))));
            }
            case "mark" -> {
                boolean negated = has("!");
                expect("--mark");
                String[] parts = next().split("/", -1);
                matches.add(new Match.Marked(negated, Integer.decode(parts[0]), Integer.decode(parts[1])));
            }
            case "addrtype" -> {
                boolean source = next().equals("--src-type");
                expect("LOCAL");
                matches.add(new Match.OfThisMachine(source));
            }
            case "statistic" -> {
                expect("--mode", "random", "--probability");
                matches.add(chance(Double.parseDouble(next())));
            }
            case "recent" -> matches.add(recent());
            case "tcp", "udp", "sctp" -> ports(name);
            default -> throw new IllegalArgumentException("couldn't load match \"" + name + "\"");
        }
    }

    /** The kernel knows 31-bit fractions; one that is not the nearest to one of so many was not meant. */
    private static Match chance(double probability) {
        int oneOf = (int) Math.rint(1 / probability);
        if (Math.abs(Math.rint(CERTAIN / oneOf) - probability * CERTAIN) > 1) {
            throw new IllegalArgumentException(probability + " is not one of " + oneOf);
        }
        return new Match.Chance(oneOf);
    }

    private Match recent() {
        int seconds = 0;
        if (has("--rcheck")) {
            expect("--seconds");
            seconds = Integer.parseInt(next());
            expect("--reap");
        } else {
            expect("--set");
        }
        expect("--name");
        String list = next();
        expect("--mask", ipv6 ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : "255.255.255.255", "--rsource");
        if (list.length() > LIST_NAME_MAX) {
            throw new IllegalArgumentException("the name of the list is too long");
        }
        return new Match.Recent(list, seconds);
    }

    private void ports(String name) {
        if (!name.equals(protocol)) {
            throw new IllegalArgumentException("match " + name + " needs -p " + name);
        }
        expect("--dport");
        String[] range = next().split(":", -1);
        matches.add(new Match.Ports(Integer.parseInt(range[0]), Integer.parseInt(range[range.length - 1])));
    }

    private Target target(String name) {
        return switch (name) {
            case "ACCEPT" -> new Target.Accept();
            case "DROP" -> new Target.Drop();
            case "RETURN" -> new Target.Return();
            case "REJECT" -> {
                expect("--reject-with");
                String how = next();
                boolean reset = how.equals("tcp-reset");
                if (reset && !protocol.equals("tcp")) {
                    throw new IllegalArgumentException("tcp-reset needs -p tcp");
                }
                if (!reset && !how.equals(ipv6 ? "icmp6-port-unreachable" : "icmp-port-unreachable")) {
                    throw new IllegalArgumentException("unknown reject type \"" + how + "\"");
                }
                yield new Target.Reject(reset);
            }
            case "MARK" -> {
                expect("--set-xmark");
                String[] parts = next().split("/", -1);
                yield new Target.Mark(Integer.decode(parts[0]), Integer.decode(parts[1]));
            }
            case "MASQUERADE" -> {
                expect("--random-fully");
                yield new Target.Masquerade();
            }
            case "DNAT" -> {
                expect("--to-destination");
                yield translation(next());
            }
            default -> new Target.Jump(name, true);
        };
    }

    private Target translation(String text) {
        if (protocol.isEmpty()) {
            // The tool knows the protocol of this rule only.
            throw new IllegalArgumentException("Need TCP, UDP, SCTP or DCCP with port specification");
        }
        int colon = text.lastIndexOf(':');
        String address = text.substring(0, colon).replace("[", "").replace("]", "");
        return new Target.Translate(address(address), Integer.parseInt(text.substring(colon + 1)));
    }
}

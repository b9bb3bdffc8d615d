package io.fairlead.agent.dataplane.iptables;

import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.iptables.IptablesRule;
import java.util.HexFormat;

/**
 * What the digits of {@link DispatchTree}s mean: addresses that packets go to or come from, and ports.
 *
 * <p>Thread-safe: pure functions.
 */
final class Digits {

    private static final HexFormat HEX = HexFormat.of();
    private static final int BITS = 4;
    static final int PORT_WIDTH = 4;

    private Digits() {}

    static int width(IpFamily family) {
        return family.addressBits() / BITS;
    }

    static String of(IpAddress address) {
        return HEX.formatHex(address.toBytes());
    }

    /** Address digits, and behind them protocol and port. */
    static String of(FrontendKey key) {
        return of(key.address()) + "/" + HEX.toHexDigits((byte) key.protocol().number()) + port(key.port());
    }

    static String port(int port) {
        return HEX.toHexDigits((short) port);
    }

    /** What is told by the destination. */
    static DispatchTree.Terms destinations(IpFamily family) {
        return new ByAddress(family, 'A', false);
    }

    /** What is told by the source. */
    static DispatchTree.Terms sources(IpFamily family) {
        return new ByAddress(family, 'H', true);
    }

    static DispatchTree.Terms ports(Protocol protocol) {
        return new ByPort(protocol.lowerName());
    }

    /** Immutable. */
    private record ByAddress(IpFamily family, char letter, boolean source) implements DispatchTree.Terms {

        private IpPrefix prefix(String digits) {
            String all = digits + "0".repeat(width(family) - digits.length());
            return new IpPrefix(IpAddress.ofBytes(HEX.parseHex(all)), BITS * digits.length());
        }

        @Override
        public String chain(String digits) {
            return Names.branch(letter, prefix(digits).toString(), digits);
        }

        @Override
        public IptablesRule step(String digits, String chain) {
            IpPrefix prefix = prefix(digits);
            String address = prefix.address().toString();
            IptablesRule.Builder rule = IptablesRule.rule();
            return (source ? rule.source(address, prefix.length()) : rule.destination(address, prefix.length()))
                    .go(chain);
        }
    }

    /** Immutable. */
    private record ByPort(String protocol) implements DispatchTree.Terms {

        private static int first(String digits) {
            return Integer.parseInt(digits + "0".repeat(PORT_WIDTH - digits.length()), 16);
        }

        private static int last(String digits) {
            return Integer.parseInt(digits + "f".repeat(PORT_WIDTH - digits.length()), 16);
        }

        @Override
        public String chain(String digits) {
            return Names.branch('D', protocol + "-" + first(digits) + "-" + last(digits), digits);
        }

        @Override
        public IptablesRule step(String digits, String chain) {
            return IptablesRule.rule()
                    .destinationPorts(protocol, first(digits), last(digits))
                    .go(chain);
        }
    }
}

package io.fairlead.kernel.iptables;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A rule without its chain, in the very words in which {@code iptables-save} prints it, so that what was written and
 * what is read back compare as text. Nothing gets in that was not checked: no value can end an argument or a line.
 *
 * <p>Immutable.
 *
 * @param text for example {@code -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -g NAME}
 */
public record IptablesRule(String text) {

    /** XT_EXTENSION_MAXNAMELEN of include/uapi/linux/netfilter/x_tables.h, without the zero. */
    public static final int CHAIN_NAME_MAX = 28;

    /** XT_MAX_COMMENT_LEN of include/uapi/linux/netfilter/xt_comment.h, without the zero. */
    public static final int COMMENT_MAX = 255;

    private static final int INTERFACE_NAME_MAX = 15;
    private static final int PORT_MAX = 0xffff;
    /** Probabilities are 31-bit numbers in the kernel. */
    private static final double CERTAIN = 0x8000_0000L;

    /** Begins a rule that fits every packet. */
    public static Builder rule() {
        return new Builder();
    }

    /** Its words: in quotes where they hold blanks, a backslash before each quote. */
    public List<String> words() {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                words.add(word.toString());
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        words.add(word.toString());
        return words;
    }

    /** A network as rules name it: address and prefix length. */
    static String network(String address, int length) {
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c == '.' || c == ':')) {
                throw new IllegalArgumentException("not an address: " + address);
            }
        }
        return address + "/" + length;
    }

    /** @throws IllegalArgumentException unless the kernel takes it, and no tool reads it as something else */
    static String chainName(String name) {
        boolean plain = !name.isEmpty() && name.length() <= CHAIN_NAME_MAX && name.charAt(0) != '-';
        for (int i = 0; i < name.length() && plain; i++) {
            char c = name.charAt(i);
            plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_./:".indexOf(c) >= 0;
        }
        if (!plain) {
            throw new IllegalArgumentException("not a name of a chain: " + name);
        }
        return name;
    }

    /**
     * Writes a rule from left to right: addresses, interface, protocol, other matches, target. The order of the calls is
     * the order of the words, and the tools print matches in the order in which they were given.
     *
     * <p>Confined to one thread.
     */
    public static final class Builder {

        private final StringBuilder text = new StringBuilder(96);

        private Builder() {}

        private Builder add(String words) {
            if (!text.isEmpty()) {
                text.append(' ');
            }
            text.append(words);
            return this;
        }

        /** @param address in its shortest form */
        public Builder source(String address, int length) {
            return length == 0 ? this : add("-s " + network(address, length));
        }

        public Builder notSource(String address, int length) {
            return add("! -s " + network(address, length));
        }

        /** @param address in its shortest form */
        public Builder destination(String address, int length) {
            return length == 0 ? this : add("-d " + network(address, length));
        }

        /** @param name of an interface, or the beginning of names with a {@code +} behind it */
        public Builder arrivesOn(String name) {
            return add("-i " + interfaceName(name));
        }

        public Builder arrivesNotOn(String name) {
            return add("! -i " + interfaceName(name));
        }

        private static String interfaceName(String name) {
            boolean plain = !name.isEmpty() && name.length() <= INTERFACE_NAME_MAX && name.charAt(0) != '-';
            for (int i = 0; i < name.length() && plain; i++) {
                char c = name.charAt(i);
                plain = c > ' ' && c < 0x7f && "\"'\\/!".indexOf(c) < 0;
            }
            if (!plain) {
                throw new IllegalArgumentException("not a name of an interface: " + name);
            }
            return name;
        }

        /** @param name {@code tcp}, {@code udp} or {@code sctp} */
        public Builder protocol(String name) {
            return add("-p " + knownProtocol(name));
        }

        /**
         * Protocol and destination ports.
         *
         * @param first of the range
         * @param last of the range, the same for one port
         */
        public Builder destinationPorts(String protocol, int first, int last) {
            if (first < 0 || last < first || last > PORT_MAX) {
                throw new IllegalArgumentException("no ports " + first + " to " + last);
            }
            String name = knownProtocol(protocol);
            return add("-p " + name + " -m " + name + " --dport " + first + (last == first ? "" : ":" + last));
        }

        private static String knownProtocol(String name) {
            return switch (name) {
                case "tcp", "udp", "sctp" -> name;
                default -> throw new IllegalArgumentException("no protocol with ports: " + name);
            };
        }

        /** @param states in the order of the tool: INVALID, NEW, RELATED, ESTABLISHED, UNTRACKED, SNAT, DNAT */
        public Builder connection(String states) {
            for (int i = 0; i < states.length(); i++) {
                if ((states.charAt(i) < 'A' || states.charAt(i) > 'Z') && states.charAt(i) != ',') {
                    throw new IllegalArgumentException("no states of connections: " + states);
                }
            }
            return add("-m conntrack --ctstate " + states);
        }

        /** All bits of the mask are set. */
        public Builder marked(int mask) {
            return add("-m mark --mark " + hex(mask) + "/" + hex(mask));
        }

        public Builder notMarked(int mask) {
            return add("-m mark ! --mark " + hex(mask) + "/" + hex(mask));
        }

        private static String hex(int bits) {
            return "0x" + Integer.toHexString(bits);
        }

        /** The destination is an address of this machine. */
        public Builder toThisMachine() {
            return add("-m addrtype --dst-type LOCAL");
        }

        /** The source is an address of this machine. */
        public Builder fromThisMachine() {
            return add("-m addrtype --src-type LOCAL");
        }

        /** Fits one packet of so many, by chance. */
        public Builder oneOf(int count) {
            double probability = Math.rint(CERTAIN / count) / CERTAIN;
            return add("-m statistic --mode random --probability " + String.format(Locale.ROOT, "%.11f", probability));
        }

        /**
         * The source was noted in a list less than so long ago; older ones are forgotten.
         *
         * @param addressBits of the family
         */
        public Builder noted(String list, int seconds, int addressBits) {
            return add("-m recent --rcheck --seconds " + seconds + " --reap --name " + chainName(list) + " --mask "
                    + mask(addressBits) + " --rsource");
        }

        /** Notes the source in a list, and fits always. */
        public Builder note(String list, int addressBits) {
            return add("-m recent --set --name " + chainName(list) + " --mask " + mask(addressBits) + " --rsource");
        }

        private static String mask(int addressBits) {
            return addressBits == 32 ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        }

        /** @param comment ASCII that can be printed; quotes and backslashes are escaped, what is too long is cut */
        public Builder comment(String comment) {
            StringBuilder words = new StringBuilder(comment.length() + 26).append("-m comment --comment ");
            String cut = comment.length() > COMMENT_MAX ? comment.substring(0, COMMENT_MAX) : comment;
            boolean quoted = cut.isEmpty();
            for (int i = 0; i < cut.length(); i++) {
                char c = cut.charAt(i);
                if (c < ' ' || c > '~') {
                    throw new IllegalArgumentException("not to be printed: " + (int) c);
                }
                quoted |=
                        !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_');
            }
            words.append(quoted ? "\"" : "");
            for (int i = 0; i < cut.length(); i++) {
                char c = cut.charAt(i);
                words.append(c == '"' || c == '\\' || c == '\'' ? "\\" : "").append(c);
            }
            return add(words.append(quoted ? "\"" : "").toString());
        }

        /** Goes to a chain and comes back from its end. */
        public IptablesRule jump(String chain) {
            return end("-j " + chainName(chain));
        }

        /** Goes to a chain; from its end, back to where somebody jumped from last. */
        public IptablesRule go(String chain) {
            return end("-g " + chainName(chain));
        }

        public IptablesRule accept() {
            return end("-j ACCEPT");
        }

        public IptablesRule drop() {
            return end("-j DROP");
        }

        public IptablesRule comeBack() {
            return end("-j RETURN");
        }

        /** Answers with a reset; the rule must be about TCP. */
        public IptablesRule reset() {
            return end("-j REJECT --reject-with tcp-reset");
        }

        /** Answers with ICMP's port unreachable. */
        public IptablesRule unreachable(boolean ipv6) {
            return end("-j REJECT --reject-with " + (ipv6 ? "icmp6-port-unreachable" : "icmp-port-unreachable"));
        }

        public IptablesRule mark(int mask) {
            return end("-j MARK --set-xmark " + hex(mask) + "/" + hex(mask));
        }

        public IptablesRule unmark(int mask) {
            return end("-j MARK --set-xmark " + hex(0) + "/" + hex(mask));
        }

        /** Translates the destination. */
        public IptablesRule translateTo(String address, int port) {
            if (port < 0 || port > PORT_MAX) {
                throw new IllegalArgumentException("no port " + port);
            }
            boolean ipv6 = address.indexOf(':') >= 0;
            String checked = network(address, 0);
            String plain = checked.substring(0, checked.length() - 2);
            return end("-j DNAT --to-destination " + (ipv6 ? "[" + plain + "]" : plain) + ":" + port);
        }

        /** The source becomes an address of this machine, with a port that nobody can guess. */
        public IptablesRule masquerade() {
            return end("-j MASQUERADE --random-fully");
        }

        private IptablesRule end(String target) {
            return new IptablesRule(add(target).text.toString());
        }
    }
}

package io.fairlead.agent.dataplane.iptables;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.Scope;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.iptables.IptablesRule;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Names of chains: those that every node has, and those of Service ports. The latter begin with what the chain does and
 * a digest of whom it is for, since the kernel allows 28 characters; as much of the Service's name as fits follows.
 *
 * <p>Thread-safe: constants and pure functions.
 */
final class Names {

    static final String SERVICES = "FL-SERVICES";
    static final String ADDRESSES = "FL-ADDRESSES";
    static final String LOCAL = "FL-LOCAL";
    static final String NODE_PORTS = "FL-NODEPORTS";
    static final String NOT_POD = "FL-NOT-POD";
    static final String POSTROUTING = "FL-POSTROUTING";
    static final String HAIRPIN = "FL-HAIRPIN";
    static final String INPUT = "FL-INPUT";
    static final String FORWARD = "FL-FORWARD";
    static final String REFUSED = "FL-REFUSED";
    static final String HEALTH = "FL-HEALTH";
    static final String LOOPBACK = "FL-LOOPBACK";
    /** Has one rule, so that it shows whether somebody has flushed the table. */
    static final String CANARY = "FL-CANARY";

    /** 65 bits: nobody finds another name of the same digest. */
    private static final int DIGEST_CHARS = 13;

    private static final int DIGEST_BITS = 5 * DIGEST_CHARS;

    private Names() {}

    /** The chain of a protocol's NodePorts. */
    static String nodePorts(Protocol protocol) {
        return Table.PREFIX + "D-" + protocol.lowerName();
    }

    /** The chain that picks one of a list of backends. */
    static String list(PortPlan port, Scope scope) {
        return ofPort(scope == Scope.CLUSTER ? 'C' : 'L', port);
    }

    /** The chain of a way of routing. */
    static String routing(PortPlan port, Routing routing) {
        return switch (routing) {
            case DIRECT -> list(port, Scope.CLUSTER);
            case DIRECT_LOCAL -> list(port, Scope.LOCAL);
            case MASQUERADE -> ofPort('M', port);
            case MASQUERADE_LOCAL -> ofPort('N', port);
            case MASQUERADE_UNLESS_POD -> ofPort('U', port);
            case MASQUERADE_UNLESS_POD_LOCAL -> ofPort('V', port);
            case PRESERVE_SOURCE -> ofPort('P', port);
            case PRESERVE_SOURCE_ELSEWHERE -> ofPort('Q', port);
            case REJECT, DROP -> throw new IllegalArgumentException(routing + " has no chain");
        };
    }

    /** The chain that looks at the source of packets to LoadBalancer addresses. */
    static String sources(PortPlan port) {
        return ofPort('S', port);
    }

    /** The chain, and the list of clients, of one backend of a Service port with affinity. */
    static String backend(PortPlan port, Backend backend) {
        return name('B', identity(port) + " " + backend, backend.address().toString());
    }

    private static String ofPort(char what, PortPlan port) {
        return name(what, identity(port), port.name().service().name());
    }

    /** Names are unique in a namespace, and blanks are in none of them. */
    private static String identity(PortPlan port) {
        return port.name() + " " + port.clusterIp();
    }

    /** The chain of entries that begin with some digits. */
    static String branch(char what, String text, String digits) {
        String name = Table.PREFIX + what + "-" + text;
        return name.length() <= IptablesRule.CHAIN_NAME_MAX ? name : name(what, digits, "");
    }

    private static String name(char what, String identity, String readable) {
        StringBuilder name = new StringBuilder(Table.PREFIX).append(what).append('-');
        name.append(digest(identity));
        if (!readable.isEmpty()) {
            name.append('-');
        }
        for (int i = 0; i < readable.length() && name.length() < IptablesRule.CHAIN_NAME_MAX; i++) {
            name.append(readable.charAt(i));
        }
        return name.toString();
    }

    private static String digest(String text) {
        byte[] sha = sha256().digest(text.getBytes(StandardCharsets.UTF_8));
        String digits = new BigInteger(1, sha)
                .shiftRight(Byte.SIZE * sha.length - DIGEST_BITS)
                .toString(32);
        return "0".repeat(DIGEST_CHARS - digits.length()) + digits;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }
}

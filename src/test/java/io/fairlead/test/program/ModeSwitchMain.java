package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From every mode to every other one by another agent with another {@code --mode}, while clients connect and connections
 * that began in each mode go on. Started on a kernel that has all modes.
 *
 * <p>Confined to the main thread.
 */
public final class ModeSwitchMain {

    private static final Duration READY_MAX = Duration.ofSeconds(30);
    private static final Duration STOP_MAX = Duration.ofSeconds(10);
    private static final Duration CLEARED_MAX = Duration.ofSeconds(20);
    private static final String LINK = "fairlead-ipvs0";

    private ModeSwitchMain() {}

    /** In place of the first mode: by the configuration of one agent, not by another one. */
    public static final String AT_RUN_TIME = "at-run-time";

    /** @param words modes, one after another */
    public static void main(String[] words) {
        boolean atRunTime = words[0].equals(AT_RUN_TIME);
        String[] modes = atRunTime ? Arrays.copyOfRange(words, 1, words.length) : words;
        long start = System.nanoTime();
        try (SampleNode node = new SampleNode();
                HeldConnections held = new HeldConnections(node.pods(), node.client())) {
            node.write("held.yaml", HeldConnections.MANIFEST);
            Program agent = atRunTime ? startByFile(node, modes[0]) : start(node, modes[0]);
            held.open();
            try (ConnectingClients clients = new ConnectingClients(node)) {
                for (int i = 1; i < modes.length; i++) {
                    if (atRunTime) {
                        node.configure(modes[i]);
                        agent.awaitText(": from mode " + modes[i - 1] + " to " + modes[i] + ",", READY_MAX);
                        agent.awaitText(": mode " + modes[i - 1] + " has ended", READY_MAX);
                    } else {
                        agent.signal("TERM");
                        agent.awaitEnd(STOP_MAX);
                        agent = start(node, modes[i]);
                    }
                    expectOnly(node, modes[i], agent);
                    held.expectAlive();
                    held.open();
                    System.out.printf(
                            "%d ms  %s to %s: %d connections held, %d new%n",
                            (System.nanoTime() - start) / 1_000_000,
                            modes[i - 1],
                            modes[i],
                            held.size(),
                            clients.answered());
                    clients.expectNoFailure();
                }
            }
            expectDrained(node, held, modes[modes.length - 1]);
        }
    }

    private static Program start(SampleNode node, String mode) {
        List<String> line = new ArrayList<>(node.agentLine());
        line.addAll(List.of("--mode", mode));
        Program agent = node.start(line);
        agent.awaitText("ready:", READY_MAX);
        assertTrue(agent.log().contains(": " + mode + ", "), agent::log);
        return agent;
    }

    /** By kube-proxy's configuration file, which the node has. */
    private static Program startByFile(SampleNode node, String mode) {
        Program agent = node.startConfigured(mode);
        agent.awaitText("ready:", READY_MAX);
        return agent;
    }

    /** Rules of other modes go; addresses of IPVS wait for their connections. */
    private static void expectOnly(SampleNode node, String mode, Program agent) {
        // Without a guard, as mode ipvs has none, the loopback network must not be routed.
        Poll.until(
                "route_localnet as mode " + mode + " needs it",
                CLEARED_MAX,
                () -> node.tool("sysctl", "-n", "net.ipv4.conf.all.route_localnet")
                        .equals(mode.equals("ipvs") ? "0\n" : "1\n"));
        try {
            Poll.until("only rules of mode " + mode + " are there", CLEARED_MAX, () -> {
                String rules = node.rules();
                return rules.contains("table ip fairlead {") == mode.equals("nftables")
                        && rules.contains("chain FL-SERVICES") == mode.equals("iptables")
                        && rules.contains("chain services") != mode.equals("iptables");
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + agent.log() + node.rules(), e);
        }
    }

    private static void expectDrained(SampleNode node, HeldConnections held, String mode) {
        assertTrue(node.tool("ip", "link").contains(LINK), "connections of mode ipvs need it");
        String address = "inet " + HeldConnections.ADDRESS + "/32";
        assertTrue(node.tool("ip", "address", "show", LINK).contains(address), "held connections need it");
        held.end();
        // The kernel remembers a connection that was reset for ten seconds.
        Poll.until(
                "the address is gone with its last connection",
                CLEARED_MAX,
                () -> mode.equals("ipvs")
                        || !node.tool("ip", "address", "show", LINK).contains(address));
    }
}

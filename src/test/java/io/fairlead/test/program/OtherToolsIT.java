package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Other tools that change the rules of the node while an agent runs, and what the agent leaves alone of theirs.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class OtherToolsIT {

    private static final Duration REPAIR_MAX = Duration.ofSeconds(1);
    private static final Pattern HANDLE = Pattern.compile("table ip fairlead \\{.*# handle (\\d+)");

    private static final String FOREIGN = """
            table ip somebody {
            	chain kept {
            		ip saddr 192.0.2.1 counter packets 0 bytes 0 drop
            	}

            	chain output {
            		type filter hook output priority filter; policy accept;
            		ip daddr 192.0.2.2 drop
            	}
            }
            """;

    private final SampleNode node = new SampleNode();

    @AfterEach
    void remove() {
        node.close();
    }

    /** The kernel's number of our table: a table that was made again has another one. */
    private String handle() {
        Matcher table = HANDLE.matcher(node.tool("nft", "-a", "list", "table", "ip", "fairlead"));
        assertTrue(table.find(), "there is no table of ours");
        return table.group(1);
    }

    @Test
    void flushOfTheRulesetDoesNothingToOwnedTables() {
        Program agent = node.startAgent();
        String before = handle();
        String rules = node.rules();
        assertTrue(rules.contains("flags owner"), "this kernel does not let tables be owned: " + rules);
        node.tool("nft", "flush", "ruleset");
        assertEquals(before, handle());
        assertEquals(rules, node.rules());
        node.expectRouted();
        assertEquals(
                List.of(),
                agent.log().lines().filter(line -> line.contains("warning")).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"flush ruleset", "delete table ip fairlead", "flush table ip fairlead"})
    void tablesThatCannotBeOwnedAreRepairedAtOnce(String command) {
        try (UnownedAgent agent = UnownedAgent.start(node)) {
            Poll.until("first sync", Duration.ofSeconds(10), () -> agent.steps() > 0);
            node.expectRouted();
            assertFalse(node.rules().contains("flags owner"));
            long steps = agent.steps();
            List<String> words = new ArrayList<>(List.of("nft"));
            words.addAll(List.of(command.split(" ")));
            node.tool(words.toArray(String[]::new));
            Poll.until(
                    "routed again after " + command,
                    REPAIR_MAX,
                    () -> agent.steps() > steps && node.answersAtOnce(SampleNode.CLUSTER_ADDRESS, 80));
            node.expectRouted();
        }
    }

    @Test
    void whatIsDeletedOfAnUnownedTableIsMadeAgain() {
        try (UnownedAgent agent = UnownedAgent.start(node)) {
            Poll.until("first sync", Duration.ofSeconds(10), () -> agent.steps() > 0);
            String before = handle();
            node.tool("nft", "delete", "table", "ip", "fairlead");
            Poll.until("made again", REPAIR_MAX, () -> node.rules().contains("172.30.0.41"));
            assertNotEquals(before, handle());
        }
    }

    @Test
    void flushOfIptablesDoesNoHarm() {
        node.startAgent();
        node.tool("iptables", "-A", "INPUT", "-s", "192.0.2.1", "-j", "DROP");
        node.tool("iptables", "-t", "nat", "-A", "POSTROUTING", "-s", "192.0.2.1", "-j", "MASQUERADE");
        String before = handle();
        for (String table : List.of("filter", "nat")) {
            node.tool("iptables", "-t", table, "-F");
            node.tool("iptables", "-t", table, "-X");
        }
        assertEquals(before, handle());
        node.expectRouted();
    }

    @Test
    void tablesOfOthersAreLeftAlone() {
        node.tool("nft", FOREIGN);
        String foreign = foreign();
        Program agent = node.startAgent();
        node.expectRouted();
        node.write("more.yaml", """
                apiVersion: v1
                kind: Service
                metadata: {name: more, namespace: default}
                spec: {clusterIP: 172.30.0.43, ports: [{port: 80}]}
                """);
        Poll.until(
                "the change is in force",
                Duration.ofSeconds(5),
                () -> node.rules().contains("172.30.0.43"));
        assertEquals(foreign, foreign());
        agent.signal("TERM");
        agent.awaitEnd(Duration.ofSeconds(10));
        assertEquals(0, Fairlead.runIn(node.namespace(), "cleanup").exitCode());
        assertEquals(foreign, foreign());
        assertEquals(FOREIGN, node.rules(), "only theirs is left");
    }

    /** Their table, with the handles of all that is in it. */
    private String foreign() {
        return node.tool("nft", "-a", "list", "table", "ip", "somebody");
    }
}

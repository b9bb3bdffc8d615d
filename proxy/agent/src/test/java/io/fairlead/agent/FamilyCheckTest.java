package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.AgentPolicy.PodDetection;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Families of node, kernel and configuration.
 *
 * <p>Confined to the test thread.
 */
class FamilyCheckTest {

    private static List<String> split(String texts) {
        return texts.isEmpty() ? List.of() : Arrays.asList(texts.split(" ", -1));
    }

    private static AgentPolicy policy(String address, String ranges) {
        return new AgentPolicy(
                "n",
                new PodDetection.ClusterCidr(
                        split(ranges).stream().map(IpPrefix::parse).toList()),
                false,
                14,
                true,
                NodePortAddresses.DEFAULT,
                ModeRules.NFTABLES,
                split(address).stream().map(IpAddress::parse).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''      | ''                    | true  | no",
                "fd00::1 | ''                    | true  | no",
                "fd00::1 | ''                    | false | yes",
                "1.2.3.4 | ''                    | false | no",
                "''      | fd00::/48             | true  | no",
                "''      | fd00::/48             | false | yes",
                "''      | 10.0.0.0/8 fd00::/48  | false | no"
            })
    void refusesWhatTheKernelCannotServe(String address, String ranges, boolean ipv6, String refused) {
        boolean refusal =
                new FamilyCheck(policy(address, ranges), ipv6).refusal().isPresent();
        assertEquals(refused.equals("yes"), refusal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1 fd00::1 | ''      | 10.0.0.0/8           | true  | 0",
                "10.0.0.1 fd00::1 | ''      | fd00::/48            | true  | 1",
                "10.0.0.1 fd00::1 | fd00::2 | fd00::/48            | true  | 0",
                "fd00::1          | ''      | 10.0.0.0/8           | true  | 1",
                "fd00::1          | ''      | 10.0.0.0/8 fd00::/48 | true  | 0",
                "fd00::1          | ''      | ''                   | true  | 0",
                "fd00::1          | ''      | ''                   | false | 1"
            })
    void warnsOfWhatDoesNotFitTheNode(String node, String address, String ranges, boolean ipv6, int warnings) {
        assertEquals(
                warnings,
                new FamilyCheck(policy(address, ranges), ipv6)
                        .warnings(node(node))
                        .size());
    }

    private static Node node(String addresses) {
        return new Node(
                "n", split(addresses).stream().map(IpAddress::parse).toList(), List.of(), List.of(), "", false, false);
    }
}

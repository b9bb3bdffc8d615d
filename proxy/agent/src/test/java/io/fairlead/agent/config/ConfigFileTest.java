package io.fairlead.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * KubeProxyConfiguration as text.
 *
 * <p>Confined to the test thread.
 */
class ConfigFileTest {

    static final String HEAD = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";

    private static Map<String, String> texts(String body) {
        ConfigFile file = ConfigFile.decode(HEAD + body);
        assertEquals(List.of(), file.mistakes());
        Map<String, String> texts = new TreeMap<>();
        file.texts().forEach((field, text) -> texts.put(field.path(), text));
        return texts;
    }

    @Test
    void fileOfKubeadmGivesNothingButWhatItSays() {
        assertEquals(
                "{bindAddress=0.0.0.0, bindAddressHardFail=false, clientConnection.kubeconfig=/kubeconfig.conf,"
                        + " clusterCIDR=10.244.0.0/16, enableProfiling=false, iptables.masqueradeAll=false,"
                        + " ipvs.strictARP=false, ipvs.tcpTimeout=0s, logging.options.json.infoBufferSize=0,"
                        + " logging.verbosity=0, winkernel.enableDSR=false}",
                texts("""
                        bindAddress: 0.0.0.0
                        bindAddressHardFail: false
                        clientConnection:
                          acceptContentTypes: ""
                          burst: 0
                          contentType: ""
                          kubeconfig: /kubeconfig.conf
                          qps: 0
                        clusterCIDR: 10.244.0.0/16
                        configSyncPeriod: 0s
                        conntrack:
                          maxPerCore: null
                          min: null
                          tcpBeLiberal:
                          tcpCloseWaitTimeout: null
                        detectLocal:
                          bridgeInterface: ""
                        detectLocalMode: ""
                        enableProfiling: false
                        healthzBindAddress: ""
                        hostnameOverride: ""
                        iptables:
                          localhostNodePorts: null
                          masqueradeAll: false
                          masqueradeBit: null
                          minSyncPeriod: 0s
                          syncPeriod: 0s
                        ipvs:
                          excludeCIDRs: null
                          strictARP: false
                          syncPeriod: 0s
                          tcpTimeout: 0s
                        logging:
                          flushFrequency: 0
                          options:
                            json:
                              infoBufferSize: "0"
                          verbosity: 0
                        metricsBindAddress: ""
                        mode: ""
                        nodePortAddresses: null
                        oomScoreAdj: null
                        portRange: ""
                        winkernel:
                          enableDSR: false
                          networkName: ""
                        """).toString());
    }

    @Test
    void jsonIsReadAsWell() {
        ConfigFile file = ConfigFile.decode("{\"apiVersion\": \"kubeproxy.config.k8s.io/v1alpha1\","
                + " \"kind\": \"KubeProxyConfiguration\", \"conntrack\": {\"min\": 7}, \"nodePortAddresses\": [\"primary\"],"
                + " \"featureGates\": {\"A\": true, \"B\": false}}");
        assertEquals(List.of(), file.mistakes());
        Map<String, String> texts = new TreeMap<>();
        file.texts().forEach((field, text) -> texts.put(field.path(), text));
        assertEquals(
                Map.of("conntrack.min", "7", "nodePortAddresses", "primary", "featureGates", "A=true,B=false"), texts);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'mode: magic'                             | line 3: mode: 'magic' is not accepted",
                "'mode: 7'                                 | line 3: mode: expected a string, found the number 7",
                "'modus: ipvs'                             | line 3: modus: unknown field",
                "'iptables: {bit: 3}'                      | line 3: iptables.bit: unknown field",
                "'iptables: 3'                             | line 3: iptables: expected a mapping, found the number 3",
                "'iptables: {masqueradeBit: 32}'           | line 3: iptables.masqueradeBit: '32' is not",
                "'iptables: {masqueradeAll: yes}'          | line 3: iptables.masqueradeAll: expected true or false",
                "'iptables: {minSyncPeriod: 5}'            | line 3: iptables.minSyncPeriod: expected a string",
                "'nftables: {syncPeriod: 5x}'              | line 3: nftables.syncPeriod: '5x' is not",
                "'conntrack: {min: -1}'                    | line 3: conntrack.min: '-1' is not accepted",
                "'conntrack: {maxPerCore: 3000000000}'     | line 3: conntrack.maxPerCore: 3000000000 is not",
                "'nodePortAddresses: 10.0.0.0/8'           | line 3: nodePortAddresses: expected a list",
                "'nodePortAddresses: [eth0]'               | line 3: nodePortAddresses: 'eth0' is not accepted",
                "'nodePortAddresses: [7]'                  | line 3: nodePortAddresses[0]: expected a string",
                "'clusterCIDR: 10.0.0.0/33'                | line 3: clusterCIDR: '10.0.0.0/33' is not",
                "'healthzBindAddress: localhost:1'         | line 3: healthzBindAddress: 'localhost:1'",
                "'oomScoreAdj: 1001'                       | line 3: oomScoreAdj: '1001' is not accepted",
                "'featureGates: {A: 1}'                    | line 3: featureGates.A: expected true or false",
                "'featureGates: [A]'                       | line 3: featureGates: expected names with true or false",
                "'clientConnection: {qps: fast}'           | line 3: clientConnection.qps: expected a number",
                "'logging: {verbosity: loud}'              | line 3: logging.verbosity: expected a whole number",
                "'mode: ipvs\nmode: ipvs'                  | line 4: the key 'mode' is there twice",
                "'mode: [ipvs'                             | line ",
                "'---\nkind: Other'                        | expected one object of kind KubeProxyConfiguration"
            })
    void refusesWithLineAndPath(String body, String mistake) {
        List<String> mistakes = ConfigFile.decode(HEAD + body).mistakes();
        assertEquals(1, mistakes.size(), mistakes.toString());
        assertTrue(mistakes.getFirst().startsWith(mistake), mistakes.getFirst());
    }

    @Test
    void otherVersionsAndKindsAreNamed() {
        assertEquals(
                List.of(
                        "line 1: apiVersion: expected kubeproxy.config.k8s.io/v1alpha1, found the string 'v2'",
                        "line 1: kind: expected KubeProxyConfiguration, found null"),
                ConfigFile.decode("apiVersion: v2\nmode: ipvs").mistakes());
    }

    @Test
    void allMistakesAreToldAtOnce() {
        assertEquals(
                4,
                ConfigFile.decode(HEAD + "modus: 1\nmode: 1\nconntrack: {min: x, max: 1}\n")
                        .mistakes()
                        .size());
    }

    @Test
    void keyCannotForgeALine() {
        String mistake = ConfigFile.decode(HEAD + "\"a\\nb\": 1\n").mistakes().getFirst();
        assertTrue(mistake.startsWith("line 3: a") && mistake.endsWith("unknown field"), mistake);
        assertEquals(1, mistake.lines().count());
    }

    @Test
    void emptyFileIsNoConfiguration() {
        assertEquals(
                List.of("expected one object of kind KubeProxyConfiguration"),
                ConfigFile.decode("").mistakes());
    }
}

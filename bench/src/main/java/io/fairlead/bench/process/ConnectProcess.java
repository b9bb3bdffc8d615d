package io.fairlead.bench.process;

import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;

/**
 * connect() to a ClusterIP against direct, and in a large cluster against a small one.
 *
 * <p>Confined to the main thread.
 */
public final class ConnectProcess {

    private ConnectProcess() {}

    /**
     * Arguments: Services of the small cluster, of the middle one, of the large one, endpoints of each, rounds,
     * connections of each way and round.
     */
    public static void main(String[] words) throws IOException, InterruptedException {
        SyntheticCluster small = cluster(words[0], words[3]);
        SyntheticCluster middle = cluster(words[1], words[3]);
        SyntheticCluster large = cluster(words[2], words[3]);
        ConnectRace race = new ConnectRace(Integer.parseInt(words[4]), Integer.parseInt(words[5]));
        Figures figures = new Figures();
        try (NetNs one = NetNs.anonymous();
                NetNs two = NetNs.anonymous();
                NetNs three = NetNs.anonymous();
                LoopbackNode ofSmall = LoopbackNode.of(one, small);
                LoopbackNode ofMiddle = LoopbackNode.of(two, middle);
                LoopbackNode ofLarge = LoopbackNode.of(three, large)) {
            race.compare("vip", direct(ofMiddle, middle), anyService(ofMiddle, middle), figures);
            race.compare("large", oneService(ofSmall), oneService(ofLarge), figures);
            race.compare("large-random", anyService(ofSmall, small), anyService(ofLarge, large), figures);
            race.compare("same", oneService(ofSmall), oneService(ofSmall), figures);
        }
        figures.print();
    }

    private static SyntheticCluster cluster(String services, String endpointsEach) {
        return new SyntheticCluster(ClusterSize.parse(services, endpointsEach));
    }

    private static ConnectRace.Way direct(LoopbackNode node, SyntheticCluster cluster) {
        ClusterSize size = cluster.size();
        return new ConnectRace.Way(
                node,
                SyntheticCluster.TARGET_PORT,
                number -> cluster.endpointAddress(
                        number % size.services(), number / size.services() % size.endpointsEach()));
    }

    private static ConnectRace.Way anyService(LoopbackNode node, SyntheticCluster cluster) {
        int services = cluster.size().services();
        return new ConnectRace.Way(
                node, SyntheticCluster.PORT, number -> SyntheticCluster.clusterIp(number % services));
    }

    private static ConnectRace.Way oneService(LoopbackNode node) {
        return new ConnectRace.Way(node, SyntheticCluster.PORT, _ -> SyntheticCluster.clusterIp(0));
    }
}

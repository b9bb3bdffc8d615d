package io.fairlead.bench;

import io.fairlead.bench.process.ConnectRace;
import io.fairlead.bench.process.LoopbackNode;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.lab.hollow.ApiFiller;
import io.fairlead.lab.hollow.HollowAddresses;
import io.fairlead.lab.hollow.HollowCluster;
import io.fairlead.lab.hollow.HollowShape;
import io.fairlead.lab.image.UnpackedImage;
import io.fairlead.lab.kube.ApiObjects;
import io.fairlead.lab.kube.ControlPlane;
import io.fairlead.lab.kube.Identity;
import io.fairlead.lab.kube.Judges;
import io.fairlead.lab.kube.KubeApi;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.Lab;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A real API server that a hollow cluster was written into, and empty nodes that reach it.
 *
 * <p>Confined to the main thread.
 */
final class ApiStage implements AutoCloseable {

    private static final String SERVICE_RANGES = "172.30.0.0/16,fd00:172:30::/112";

    private static final String CLIENT = "10.127.255.1";

    private final LabRun run;
    private final Lab lab;
    private final ControlPlane control;
    private final KubeApi api;
    private final HollowCluster cluster;
    private final double fillSeconds;

    private ApiStage(LabRun run, Topology topology, HollowShape shape) {
        this.run = run;
        this.lab = Lab.build(run, topology);
        Host router = lab.host(Topology.ROUTER);
        this.control = ControlPlane.start(run, router, judges(), SERVICE_RANGES, List.of());
        this.api = control.api(Identity.ADMIN, router);
        this.cluster = new HollowCluster(shape);
        ApiObjects objects = new ApiObjects(api, topology);
        topology.nodes().forEach(objects::put);
        long start = System.nanoTime();
        try (ApiFiller filler = ApiFiller.start(() -> control.api(Identity.ADMIN, router))) {
            filler.fill(cluster);
        }
        this.fillSeconds = (System.nanoTime() - start) / 1e9;
    }

    /** Programs of other projects. */
    static Judges judges() {
        return new Judges(Launcher.root().resolve("target/judges"));
    }

    /** Builds all of it; needs the judges that {@code ./fairlead test --all} builds. */
    static ApiStage build(Topology topology, HollowShape shape) {
        LabRun run = LabRun.start(LabRun.DEFAULT_BASE);
        Runtime.getRuntime().addShutdownHook(new Thread(run::close, "remove the lab"));
        try {
            return new ApiStage(run, topology, shape);
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
    }

    /** The image of all programs in a folder of this stage; needs what {@code ./fairlead image} builds. */
    UnpackedImage image() {
        try {
            UnpackedImage image = UnpackedImage.unpack(
                    Launcher.root().resolve("target/image/layout"), run.folder().resolve("image"));
            // Where the folder of the run is seen.
            Files.createDirectories(image.root()
                    .resolve(run.folder().toAbsolutePath().toString().substring(1)));
            return image;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LabRun labRun() {
        return run;
    }

    Lab lab() {
        return lab;
    }

    ControlPlane control() {
        return control;
    }

    KubeApi api() {
        return api;
    }

    HollowCluster cluster() {
        return cluster;
    }

    /** How long the API server took to take it all. */
    double fillSeconds() {
        return fillSeconds;
    }

    NodeSpec node(int number) {
        return lab.topology().nodes().get(number);
    }

    /** What a proxy on a node must know. */
    NodeProxy.Place place(int number) {
        NodeSpec spec = node(number);
        Path folder = run.folder().resolve(spec.name());
        List<String> source =
                List.of("--kubeconfig", control.kubeconfig(Identity.ADMIN).toString());
        return new NodeProxy.Place(lab.host(spec.host()).namespace(), spec.name(), source, folder);
    }

    /** A node with a client on it, for connections to what a program left in its kernel. */
    LoopbackNode loopback(int number) throws IOException, InterruptedException {
        return new LoopbackNode(
                place(number).namespace(), HollowAddresses.POD_RANGE, HollowAddresses.SERVICE_RANGE, CLIENT);
    }

    /** To all Services of the cluster in turn. */
    ConnectRace.Way way(LoopbackNode node) {
        int services = cluster.shape().services();
        return new ConnectRace.Way(node, HollowAddresses.PORT, number ->
                (Ipv4Address) IpAddress.parse(HollowAddresses.service(number % services, false)));
    }

    @Override
    public void close() {
        api.close();
        lab.close();
        run.close();
    }
}

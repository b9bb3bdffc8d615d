package io.fairlead.bench;

import io.fairlead.bench.ingress.Contender;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Fairlead beside nginx and HAProxy: what a request costs.
 *
 * <p>Immutable.
 *
 * @param name as on the command line
 * @param loads which are put on the proxies, one after the other
 */
record IngressComparison(
        String name, String summary, List<Contender> contenders, BiConsumer<LoadTool, IngressRace> loads)
        implements Benchmark {

    private static final int HOSTS = 1_000;
    private static final int HOSTS_TINY = 20;
    private static final int CONNECTIONS = 64;

    /** All comparisons of this kind. */
    static List<IngressComparison> all() {
        return List.of(
                new IngressComparison(
                        "ingress-http1",
                        "HTTP/1.1 beside nginx and HAProxy: CPU of a request with 1 KiB, 64 KiB and 1 MiB",
                        List.of(Contender.values()),
                        IngressComparison::http1),
                new IngressComparison(
                        "ingress-tls",
                        "TLS 1.3 beside nginx: CPU of a request with 1 KiB and 64 KiB, and of a full handshake",
                        List.of(Contender.FAIRLEAD, Contender.NGINX),
                        IngressComparison::tls),
                new IngressComparison(
                        "ingress-http2",
                        "HTTP/2 beside HAProxy, and gRPC beside nginx: CPU of a request",
                        List.of(Contender.values()),
                        IngressComparison::http2));
    }

    private static void http1(LoadTool tool, IngressRace race) {
        race.run("1 KiB", tool.http1("/1k", CONNECTIONS), nginx(0.80), haproxy(0.80));
        race.run("64 KiB", tool.http1("/64k", CONNECTIONS), nginx(0.85));
        race.run("1 MiB", tool.http1("/1m", CONNECTIONS / 2), nginx(1.0));
    }

    private static void tls(LoadTool tool, IngressRace race) {
        race.run("1 KiB", tool.secure("/1k", CONNECTIONS), nginx(0.85));
        race.run("64 KiB", tool.secure("/64k", CONNECTIONS), nginx(0.80));
        race.run("full handshake", tool.handshakes(HOSTS_TINY), nginx(0.85));
    }

    private static void http2(LoadTool tool, IngressRace race) {
        race.run("h2c to HTTP/1.1, 16 x 32, 1 KiB", tool.http2("/1k", 16, 32), haproxy(0.85));
        race.run("gRPC, 16 x 32", tool.grpc(16, 32), nginx(0.90));
    }

    private static IngressRace.Target nginx(double ratioMax) {
        return new IngressRace.Target(Contender.NGINX, ratioMax);
    }

    private static IngressRace.Target haproxy(double ratioMax) {
        return new IngressRace.Target(Contender.HAPROXY, ratioMax);
    }

    @Override
    public List<Row> run(Plan plan) {
        try (IngressStage stage = IngressStage.build(plan, plan.tiny() ? HOSTS_TINY : HOSTS, contenders)) {
            IngressRace race = new IngressRace(stage, plan);
            loads.accept(new LoadTool(stage), race);
            return race.rows();
        }
    }
}

package io.fairlead.lab.demo;

import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.cluster.IngressProcess;
import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.demo.Checks.Claim;
import io.fairlead.lab.run.LabException;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.Answer;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.SecureClient;
import io.fairlead.lab.traffic.SecureConnection;
import io.fairlead.lab.traffic.SecureLoad;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A host served over TLS: clients outside come to the ingress by the nodes' rules, and from there to pods.
 *
 * <p>Confined to the main thread.
 */
final class IngressSteps {

    static final String HOST = "shop.example";

    private static final String URL = "https://" + HOST + "/";
    private static final String SECRET = "shop-tls";
    private static final String NEW = "shop-new";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(1);

    /** Requests that met the routes of before are answered within this. */
    private static final Duration UNDER_WAY = Duration.ofMillis(100);

    /** So many answers that missing one of four pods by chance has a probability below 1e-8. */
    private static final int REQUESTS = 72;

    private final Stage stage;
    private final Cast cast;
    private final IngressProcess ingress;
    private final ShopCertificate first;
    private final ShopCertificate second;

    private IngressSteps(Stage stage, IngressProcess ingress, ShopCertificate first, ShopCertificate second) {
        this.stage = stage;
        this.cast = stage.cast();
        this.ingress = ingress;
        this.first = first;
        this.second = second;
    }

    /**
     * Starts the ingress, and gives it an Ingress with a certificate.
     *
     * @param folder where files of certificates go
     */
    static IngressSteps begin(Stage stage, AgentProgram program, Path folder) {
        Cast cast = stage.cast();
        HostSpec pod = cast.ingress();
        stage.screen().headline("8", "Ingress: the outside client asks " + URL + " of an ingress in " + pod.name());
        stage.screen().live(List.of("  starting it ..."));
        IngressProcess ingress = stage.cluster().startIngress(pod, program);
        ShopCertificate first = ShopCertificate.create(folder, "shop-old", HOST, SECRET);
        ShopCertificate second = ShopCertificate.create(folder, NEW, HOST, SECRET);
        stage.cluster().manifests().put("shop-tls", first.yaml());
        stage.cluster().manifests().put("shop-ingress", yaml(cast.shopService()));
        stage.cluster().apply(cast.shopService());
        stage.cluster().apply(cast.ingressService());
        Duration ready = ingress.awaitReady(TIMEOUT);
        stage.screen()
                .settle(List.of(
                        stage.look().check(true) + " ingress ready after " + Stage.millis(ready) + "; manifests: "
                                + stage.look().accent("shop.yaml, shop-ingress.yaml, shop-tls.yaml, ingress.yaml")));
        return new IngressSteps(stage, ingress, first, second);
    }

    private static String yaml(ServiceManifest service) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata: {name: fairlead}
                spec: {controller: fairlead.io/ingress}
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: shop, namespace: default}
                spec:
                  ingressClassName: fairlead
                  tls:
                  - {hosts: [%s], secretName: %s}
                  rules:
                  - host: %s
                    http:
                      paths:
                      - path: /
                        pathType: Prefix
                        backend: {service: {name: %s, port: {number: %d}}}
                """.formatted(HOST, SECRET, HOST, service.name(), service.port());
    }

    /** The certificate that clients meet in the end. */
    static Path certificate(Path folder) {
        return folder.resolve(NEW + ".crt");
    }

    /** The outside client asks over both families and says what it got. */
    void fromOutside() {
        DualStack address = cast.ingressService().loadBalancers().getFirst();
        await(() -> shows(client(address.v4(), first), first), "the ingress shows the certificate of " + SECRET);
        Stream.of(address.v4(), address.v6()).forEach(this::tryFamily);
        stage.show("ingress explain " + URL, ingress.table("/explain", Map.of("url", URL)));
    }

    private SecureClient client(InetAddress address, ShopCertificate... trusted) {
        List<X509Certificate> certificates =
                Stream.of(trusted).map(ShopCertificate::certificate).toList();
        InetSocketAddress target =
                new InetSocketAddress(address, cast.ingressService().port());
        return new SecureClient(stage.cluster().outside(), target, HOST, certificates);
    }

    private static boolean shows(SecureClient client, ShopCertificate wanted) {
        try (SecureConnection connection = client.connect()) {
            return connection.certificate().equals(wanted.certificate());
        } catch (IOException notYet) {
            return false;
        }
    }

    private void tryFamily(InetAddress address) {
        Map<String, Long> pods = new TreeMap<>();
        String where =
                URL + " at " + Stage.socket(address, cast.ingressService().port());
        InetAddress client = Topology.OUTSIDE.addresses().like(address);
        List<String> strange = new ArrayList<>();
        try (SecureConnection connection = client(address, first).connect()) {
            for (int i = 0; i < REQUESTS; i++) {
                Answer answer = connection.ask();
                pods.merge(answer.pod(), 1L, Long::sum);
                if (!isOfIngress(answer.source()) || !isToldOf(client, answer)) {
                    strange.add(answer.toString());
                }
            }
        } catch (IOException e) {
            strange.add(e.toString());
        }
        boolean good = stage.checks()
                .expect(
                        new Claim(
                                strange.isEmpty(),
                                where + " is answered otherwise: "
                                        + strange.stream().limit(1).toList()),
                        new Claim(
                                pods.keySet().equals(names(cast.web())),
                                where + " is answered by " + pods + ", not by all of " + names(cast.web())));
        stage.screen().line(stage.look().check(good) + " " + where + ":");
        stage.screen()
                .line(" ".repeat(stage.look().checkWidth() + 1) + "certificate verified, answered by " + pods.size()
                        + " pods, which are told of the client " + DualStack.text(client));
    }

    private static boolean isToldOf(InetAddress client, Answer answer) {
        try {
            return InetAddress.ofLiteral(answer.forwardedFor()).equals(client);
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    private boolean isOfIngress(InetAddress source) {
        return cast.ingress().addresses().like(source).equals(source);
    }

    private static Set<String> names(List<HostSpec> pods) {
        return pods.stream().map(HostSpec::name).collect(Collectors.toSet());
    }

    /**
     * What traffic met while the certificate and the pods were replaced.
     *
     * <p>Immutable.
     *
     * @param certificate from the written Secret until a client was shown the new certificate
     */
    record Changes(LoadReport traffic, Duration certificate) {}

    /** Another certificate, then other pods, all under load. */
    Changes changes() {
        List<HostSpec> standby = cast.standby();
        stage.screen()
                .headline("9", "Another certificate, and a rollout to " + Stage.names(standby) + ", under TLS load");
        InetAddress address = cast.ingressService().loadBalancers().getFirst().v4();
        SecureClient client = client(address, first, second);
        List<ShareTable.Column> columns = new ArrayList<>();
        try (SecureLoad load = SecureLoad.start(client, stage.pace().perSecond() / 2)) {
            watch(load, "before", columns);
            boolean before = load.certificates().equals(Set.of(first.certificate()));
            Duration renewed = renew(client);
            watch(load, "new certificate", columns);
            Duration rolled = rollOut(cast.shopService().endpoints(standby));
            Map<String, Long> after = watch(load, "rolled out", columns);
            LoadReport report = load.finish();
            stage.screen().settle(draw(columns));
            boolean both = load.certificates().equals(Set.of(first.certificate(), second.certificate()));
            boolean good = stage.checks()
                    .expect(
                            new Claim(report.failed() == 0, "no request over TLS fails: " + report.firstFailures()),
                            new Claim(before && both, "clients are shown the old certificate, then the new one"),
                            new Claim(
                                    after.keySet().equals(names(standby)),
                                    "after the rollout only new pods answer: " + after));
            stage.screen()
                    .line(stage.look().check(good) + " certificate shown " + Stage.millis(renewed)
                            + ", new pods chosen " + Stage.millis(rolled) + " after the file was written; "
                            + report.answered() + " answers, " + report.failed() + " failed, no connection was closed");
            return new Changes(report, renewed);
        }
    }

    /** The answers of each pod from now on; what was under way before is left out. */
    private Map<String, Long> watch(SecureLoad load, String title, List<ShareTable.Column> columns) {
        Pace.rest(UNDER_WAY);
        Map<String, Long> start = load.report().byPod();
        LoadReport end = stage.watch(load::report, stage.pace().scene(), report -> {
            List<ShareTable.Column> with = new ArrayList<>(columns);
            with.add(new ShareTable.Column(title, Shares.between(start, report.byPod())));
            return draw(with);
        });
        Map<String, Long> answers = Shares.between(start, end.byPod());
        columns.add(new ShareTable.Column(title, answers));
        return answers;
    }

    private List<String> draw(List<ShareTable.Column> columns) {
        List<HostSpec> all =
                Stream.concat(cast.web().stream(), cast.standby().stream()).toList();
        return new ShareTable(Stage.rows(all), columns).lines(stage.look());
    }

    private Duration renew(SecureClient client) {
        stage.cluster().manifests().put("shop-tls", second.yaml());
        return await(() -> shows(client, second), "the ingress shows the new certificate of " + SECRET);
    }

    private Duration rollOut(ServiceManifest shop) {
        stage.cluster().manifests().put(shop);
        return await(() -> eligible().equals(names(shop.endpoints())), "the ingress chooses " + shop.endpoints());
    }

    /** The pods that the ingress says may get a request. */
    private Set<String> eligible() {
        String answer = ingress.table("/explain", Map.of("url", URL)).orElse("");
        return cast.topology().pods().stream()
                .filter(pod -> answer.contains(pod.addresses().text4() + ":"))
                .map(HostSpec::name)
                .collect(Collectors.toSet());
    }

    private static Duration await(BooleanSupplier condition, String sentence) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TIMEOUT.toNanos()) {
                throw new LabException("not within " + TIMEOUT.toSeconds() + " s: " + sentence);
            }
            Pace.rest(POLL);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}

package io.fairlead.test.chart;

import java.nio.file.Path;
import java.util.List;

/**
 * Values that people may install the chart with, as a file of test resources.
 *
 * <p>Immutable.
 *
 * @param name of the files
 * @param release what the installation is called
 * @param namespace where it is made
 */
record ValueSet(String name, String release, String namespace) {

    private static final String KUBE_SYSTEM = "kube-system";

    /** kube-proxy is replaced, with its own ConfigMap: nothing to say. */
    static final ValueSet DEFAULTS = new ValueSet("defaults", "fairlead", KUBE_SYSTEM);

    /** Some nodes, beside kube-proxy, with as little as the agent can do with. */
    static final ValueSet BESIDE = new ValueSet("beside", "fairlead", KUBE_SYSTEM);

    /** No kube-proxy in this cluster, and a namespace and names of one's own. */
    static final ValueSet ALONE = new ValueSet("alone", "prod", "routing");

    /** Everything for Prometheus and Grafana, of agents and ingress, and an image from a registry that asks who comes. */
    static final ValueSet MONITORED = new ValueSet("monitored", "fairlead", KUBE_SYSTEM);

    /** The ingress as a Deployment that scales by itself, with most of what can be said of it. */
    static final ValueSet INGRESS = new ValueSet("ingress", "fairlead", KUBE_SYSTEM);

    /** The ingress in the network of some nodes, with the right to read few Secrets. */
    static final ValueSet HOSTS = new ValueSet("hosts", "fairlead", KUBE_SYSTEM);

    /** The ingress on ports of each node, without shared keys. */
    static final ValueSet PORTS = new ValueSet("ports", "fairlead", KUBE_SYSTEM);

    static List<ValueSet> all() {
        return List.of(DEFAULTS, BESIDE, ALONE, MONITORED, INGRESS, HOSTS, PORTS);
    }

    private Path file(String ending) {
        return Path.of("resources/chart", name + ending).toAbsolutePath();
    }

    Path golden() {
        return file(".golden.yaml");
    }

    Path values() {
        return file(".values.yaml");
    }

    /** All that would be installed, hooks included, as text. */
    String render(Judge helm) {
        return helm.run("template", release, Chart.FOLDER.toString(), "-n", namespace, "-f", values().toString())
                .expectSuccess();
    }

    /** As {@link #render}, an object each. */
    List<Tree> objects(Judge helm) {
        return Tree.parseAll(render(helm));
    }

    /** The object of this kind and name. */
    static Tree object(List<Tree> objects, String kind, String name) {
        return objects.stream()
                .filter(object -> object.at("kind").text().equals(kind)
                        && object.at("metadata.name").text().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    @Override
    public String toString() {
        return name;
    }
}

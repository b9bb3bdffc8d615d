package io.fairlead.lab.kube;

import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.run.LabException;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;

/**
 * Objects of a lab in the API.
 *
 * <p>Confined to one thread at a time.
 */
public final class ApiObjects {

    private static final String SERVICES = "/api/v1/namespaces/default/services/";
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/";

    private final KubeApi api;
    private final Topology topology;

    public ApiObjects(KubeApi api, Topology topology) {
        this.api = api;
        this.topology = topology;
    }

    /** Creates or changes a Service with its slices. */
    public void put(ServiceManifest service) {
        putSlices(service);
        apply(SERVICES + service.name(), service.service());
    }

    /** Creates or changes only the slices of a Service. */
    public void putSlices(ServiceManifest service) {
        apply(SLICES + service.name() + "-ipv4", service.slice4(topology));
        apply(SLICES + service.name() + "-ipv6", service.slice6(topology));
    }

    public void delete(ServiceManifest service) {
        try {
            api.delete(SERVICES + service.name()).expectSuccess();
            api.delete(SLICES + service.name() + "-ipv4").expectSuccess();
            api.delete(SLICES + service.name() + "-ipv6").expectSuccess();
        } catch (IOException e) {
            throw new LabException("cannot delete " + service.fullName() + ": " + e.getMessage(), e);
        }
    }

    /** The Node object with its addresses and pod ranges. */
    public void put(NodeSpec node) {
        String spec = """
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                spec:
                  podCIDR: %s
                  podCIDRs: [%s, "%s"]
                """.formatted(
                        node.name(),
                        node.podRange().text4(),
                        node.podRange().text4(),
                        node.podRange().text6());
        // Not by apply, which wants one address of each type.
        String status = """
                {"status": {"addresses": [
                  {"type": "InternalIP", "address": "%s"}, {"type": "InternalIP", "address": "%s"}]}}
                """.formatted(
                        node.host().addresses().text4(), node.host().addresses().text6());
        apply("/api/v1/nodes/" + node.name(), spec);
        try {
            api.merge("/api/v1/nodes/" + node.name() + "/status", status).expectSuccess();
        } catch (IOException e) {
            throw new LabException("cannot write the status of " + node.name() + ": " + e.getMessage(), e);
        }
    }

    /** Creates or changes any object. */
    public void apply(String path, String yaml) {
        try {
            api.apply(path, yaml).expectSuccess();
        } catch (IOException e) {
            throw new LabException("cannot apply " + path + ": " + e.getMessage(), e);
        }
    }
}

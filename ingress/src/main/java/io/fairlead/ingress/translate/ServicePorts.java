package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.cluster.model.ServicePort;
import io.fairlead.cluster.model.ServiceType;
import io.fairlead.ingress.resource.IngressBackend;
import io.fairlead.ingress.route.BackendGroup;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the port of a Service that a backend names, by the Service's own numbers and names (Ingress v1: not by target
 * ports). A Service without ports, as headless and ExternalName ones may be, has every number.
 *
 * <p>Immutable: it has no state.
 */
final class ServicePorts {

    /**
     * What a backend turned out to be.
     *
     * <p>Immutable.
     */
    sealed interface Found {

        /**
         * A port of a Service.
         *
         * @param protocol the port's {@code appProtocol}, empty when absent
         * @param externalName of an ExternalName Service, else empty
         */
        record Port(BackendGroup group, String protocol, String externalName) implements Found {}

        /** Nothing: a sentence that names what is missing. */
        record Nothing(String detail) implements Found {}
    }

    private ServicePorts() {}

    static Found find(String namespace, IngressBackend.OfService backend, Map<ObjectName, Service> services) {
        ObjectName name = new ObjectName(namespace, backend.service());
        Service service = services.get(name);
        if (service == null) {
            return new Found.Nothing("Service " + name + " does not exist");
        }
        ServicePort port = port(service, backend);
        int number = port != null ? port.port() : hasNoPorts(service) ? backend.portNumber() : 0;
        if (number == 0) {
            return new Found.Nothing("Service " + name + " has no TCP port "
                    + (backend.portName().isEmpty() ? backend.portNumber() : "named " + backend.portName()));
        }
        String protocol = service.proxyFacts().appProtocols().getOrDefault(number, "");
        return new Found.Port(
                new BackendGroup(name, number), protocol, service.proxyFacts().externalName());
    }

    /** The port of this number, as it is known to slices by its name. */
    static @Nullable ServicePort numbered(Service service, int number) {
        for (ServicePort port : service.ports()) {
            if (port.protocol() == Protocol.TCP && port.port() == number) {
                return port;
            }
        }
        return null;
    }

    private static @Nullable ServicePort port(Service service, IngressBackend.OfService backend) {
        if (backend.portName().isEmpty()) {
            return numbered(service, backend.portNumber());
        }
        for (ServicePort port : service.ports()) {
            if (port.protocol() == Protocol.TCP && port.name().equals(backend.portName())) {
                return port;
            }
        }
        return null;
    }

    /** What an ExternalName Service says of ports binds nobody: what it names has its own. */
    private static boolean hasNoPorts(Service service) {
        return service.ports().isEmpty() || service.type() == ServiceType.EXTERNAL_NAME;
    }
}

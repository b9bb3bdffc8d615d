package io.fairlead.ingress.resource;

/**
 * Where an Ingress sends requests: to something in its own namespace.
 *
 * <p>Immutable.
 */
public sealed interface IngressBackend {

    /** The object says nothing. */
    record None() implements IngressBackend {}

    /**
     * A port of a Service, by name or by number.
     *
     * @param portName empty if the number counts
     * @param portNumber 0 if the name counts
     */
    record OfService(String service, String portName, int portNumber) implements IngressBackend {

        /** {@code web:80}, {@code web:http}. */
        @Override
        public String toString() {
            return service + ":" + (portName.isEmpty() ? String.valueOf(portNumber) : portName);
        }
    }

    /** An object of another kind, which no controller of ours understands. */
    record OfResource(String apiGroup, String kind, String name) implements IngressBackend {

        /** {@code StorageBucket.k8s.example.com/icons}. */
        @Override
        public String toString() {
            return kind + (apiGroup.isEmpty() ? "" : "." + apiGroup) + "/" + name;
        }
    }
}

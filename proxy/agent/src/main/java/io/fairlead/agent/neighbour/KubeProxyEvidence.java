package io.fairlead.agent.neighbour;

/**
 * Why we believe that kube-proxy runs on this node.
 *
 * <p>Immutable.
 */
public sealed interface KubeProxyEvidence {

    /** A process of that name in our network namespace, or in one that we may not look at: certain. */
    record Running(long pid) implements KubeProxyEvidence {

        @Override
        public String toString() {
            return "process " + pid;
        }
    }

    /** Its page of configuration, which nothing else serves: certain, also where it is a part of another program. */
    record Serving(int port) implements KubeProxyEvidence {

        @Override
        public String toString() {
            return "its page on 127.0.0.1:" + port + " answers";
        }
    }

    /**
     * Its objects came into being or changed while we watched, and its process would not be visible to us: likely. One
     * that writes nothing goes unnoticed by this.
     */
    record Writing(KubeProxyTrace trace) implements KubeProxyEvidence {

        @Override
        public String toString() {
            return "somebody writes its " + trace;
        }
    }
}

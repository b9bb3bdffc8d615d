package io.fairlead.agent.config;

import io.fairlead.runtime.options.Option;

/**
 * One field of KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1, Kubernetes 1.36).
 *
 * <p>Immutable.
 */
sealed interface ConfigField {

    /** From the top of the object, with dots. */
    String path();

    Shape shape();

    /**
     * A field that says the same as a flag.
     *
     * <p>Immutable.
     */
    record Flagged(String path, Shape shape, Option<?> option) implements ConfigField {}

    /**
     * A field without a flag, which changes nothing here.
     *
     * <p>Immutable.
     *
     * @param preset kube-proxy's default as YAML writes it
     */
    record Unused(String path, Shape shape, String preset) implements ConfigField {}
}

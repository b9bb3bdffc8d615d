package io.fairlead.agent.config;

import java.nio.file.Path;

/**
 * What kube-proxy's configuration file says of the mode.
 *
 * <p>Immutable.
 */
public sealed interface ConfiguredMode {

    /** Auto if it says nothing. */
    record Asked(ProxyMode mode) implements ConfiguredMode {}

    /** It has mistakes; the first of them. */
    record Unreadable(String reason) implements ConfiguredMode {}

    /** Reads a file. */
    static ConfiguredMode read(Path file) {
        ConfigFile config = ConfigFile.read(file);
        return config.mistakes().isEmpty()
                ? new Asked(FlagMerge.mode(config))
                : new Unreadable(config.mistakes().getFirst());
    }
}

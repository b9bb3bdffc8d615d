package io.fairlead.cluster.api;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A token that is read for each request: the kubelet replaces that of a Pod about every hour.
 *
 * <p>Immutable.
 */
record TokenFile(Path file) implements OAuthTokenProvider {

    @Override
    public String getToken() {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

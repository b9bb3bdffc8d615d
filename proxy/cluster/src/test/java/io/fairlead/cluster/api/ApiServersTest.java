package io.fairlead.cluster.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Which server is asked.
 *
 * <p>Confined to the test thread.
 */
final class ApiServersTest {

    private static final String SERVICE = "https://172.30.0.1:443";
    private static final String A = "https://192.0.2.1:6443";
    private static final String B = "https://192.0.2.2:6443";
    private static final String V6 = "https://[fd00::1]:443";
    private static final Set<String> OF_SERVICE = Set.of("172.30.0.1", "fd00::1", "kubernetes.default.svc");

    @Test
    void theNextOneIsAskedWhenOneFails() {
        ApiServers servers = new ApiServers(List.of(A + "/", B));
        assertEquals(A, servers.current());
        servers.failed(A, false);
        assertEquals(B, servers.current());
        servers.failed(A, false);
        assertEquals(B, servers.current(), "a failure of one that is not asked any more says nothing");
        servers.failed(B, false);
        assertEquals(A, servers.current());
    }

    @Test
    void whatTheClusterNamesIsAskedAfterWhatWasConfigured() {
        ApiServers servers = new ApiServers(List.of("https://api.example:6443"));
        servers.learn(List.of(A, B), OF_SERVICE);
        assertEquals("https://api.example:6443", servers.current());
        servers.failed("https://api.example:6443", false);
        assertEquals(A, servers.current());
        servers.learn(List.of(B), OF_SERVICE);
        assertEquals("https://api.example:6443", servers.current(), "one that is gone is not asked");
    }

    @Test
    void aServiceIsAskedOnlyAsLongAsNoServerIsKnown() {
        for (String service : List.of(SERVICE, V6, "https://kubernetes.default.svc")) {
            ApiServers servers = new ApiServers(List.of(service));
            assertEquals(service, servers.current());
            servers.learn(List.of(A, B), OF_SERVICE);
            assertEquals(A, servers.current());
            servers.failed(A, false);
            assertEquals(B, servers.current());
            servers.failed(B, false);
            assertEquals(A, servers.current());
            servers.learn(List.of(), OF_SERVICE);
            assertEquals(service, servers.current());
        }
    }

    @Test
    void aServerWhoseCertificateIsNotForItsAddressIsNotAskedAgain() {
        ApiServers servers = new ApiServers(List.of(SERVICE));
        servers.learn(List.of(A, B), OF_SERVICE);
        servers.failed(A, true);
        assertEquals(B, servers.current());
        servers.failed(B, false);
        assertEquals(B, servers.current());
        servers.failed(B, true);
        assertEquals(SERVICE, servers.current());
        ApiServers alone = new ApiServers(List.of(A));
        alone.failed(A, true);
        assertEquals(A, alone.current(), "the only one is asked again: its certificate may be mended");
    }

    @Test
    void whoTalksPlainlyLearnsNoServerAndNoTokenLeavesTls() {
        ApiServers servers = new ApiServers(List.of("http://127.0.0.1:8001"));
        servers.learn(List.of(A), Set.of());
        assertEquals(1, servers.count());
        servers = new ApiServers(List.of(A));
        servers.learn(List.of("http://192.0.2.9"), Set.of());
        assertEquals(1, servers.count());
    }
}

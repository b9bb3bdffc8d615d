package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that others wrote: curl, nghttp and h2load (of nghttp2). */
@Timeout(50)
final class Http2ToolsTest {

    private final ScriptedBackend backend = ScriptedBackend.start(connection -> {
        while (connection.readHead()) {
            byte[] body = connection.readBody();
            String text = body.length > 0 ? Integer.toString(body.length) : "x".repeat(1_000);
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
        }
    });
    private final RunningProxy proxy = new RunningProxy();
    private String url = "";

    @BeforeEach
    void route() {
        InetSocketAddress address = proxy.to(backend).server().addresses().getFirst();
        url = "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/";
    }

    @AfterEach
    void close() {
        proxy.close();
        backend.close();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + " said: " + output);
        return output;
    }

    @Test
    void curlGetsAndPosts() throws Exception {
        assertEquals("x".repeat(1_000), run("curl", "-sS", "--http2-prior-knowledge", url));
        String content = "y".repeat(100_000);
        assertEquals("100000", run("curl", "-sS", "--http2-prior-knowledge", "--data-raw", content, url));
    }

    @Test
    void nghttpGetsManyAtOnce() throws Exception {
        List<String> command = new ArrayList<>(List.of("nghttp", "-nv"));
        for (int i = 0; i < 20; i++) {
            command.add(url + i);
        }
        String output = run(command.toArray(String[]::new));
        assertEquals(20, output.split(":status: 200", -1).length - 1, output);
        assertTrue(!output.contains("[ERROR]"), output);
    }

    @Test
    void h2loadSeesNoError() throws Exception {
        String output = run("h2load", "-n", "3000", "-c", "4", "-m", "32", url);
        assertTrue(output.contains("3000 succeeded, 0 failed, 0 errored, 0 timeout"), output);
    }

    @Test
    void h2loadSeesNoErrorWithSmallWindows() throws Exception {
        String output = run("h2load", "-n", "300", "-c", "2", "-m", "100", "-w", "9", "-W", "10", url);
        assertTrue(output.contains("300 succeeded, 0 failed, 0 errored, 0 timeout"), output);
    }
}

package io.fairlead.agent.ipvsreport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sockets of this process, as the kernel shows them. Those of Java are of IPv6 and have IPv4 addresses inside.
 *
 * <p>Confined to the test thread.
 */
class SocketTablesTest {

    /** Nobody else uses it. */
    private static final IpAddress ADDRESS = IpAddress.parse("127.86.75.64");

    @TempDir
    Path folder;

    @Test
    void ownSocketsAreFoundWithTheirProcess() throws IOException {
        InetAddress address = InetAddress.getByAddress(ADDRESS.toBytes());
        try (ServerSocket server = new ServerSocket(0, 1, address);
                Socket client = new Socket();
                DatagramSocket datagrams = new DatagramSocket(new InetSocketAddress(address, 0))) {
            client.bind(new InetSocketAddress(address, 0));
            client.connect(server.getLocalSocketAddress());
            List<NodeSocket> found = new SocketTables(Path.of("/proc")).at(Set.of(ADDRESS));
            String process = found.getFirst().process();
            assertTrue(process.endsWith(" (process " + ProcessHandle.current().pid() + ")"), process);
            assertTrue(
                    found.contains(new NodeSocket(ADDRESS, server.getLocalPort(), Protocol.TCP, true, process)),
                    found::toString);
            assertTrue(
                    found.contains(new NodeSocket(ADDRESS, client.getLocalPort(), Protocol.TCP, false, process)),
                    found::toString);
            assertTrue(
                    found.contains(new NodeSocket(ADDRESS, datagrams.getLocalPort(), Protocol.UDP, true, process)),
                    found::toString);
        }
    }

    @Test
    void noneWithoutTables() {
        assertEquals(List.of(), new SocketTables(folder).at(Set.of(ADDRESS)));
    }
}

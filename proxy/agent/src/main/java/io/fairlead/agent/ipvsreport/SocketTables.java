package io.fairlead.agent.ipvsreport;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Sockets of the calling thread's network namespace, and whose they are, by {@code /proc} (proc_pid_net(5)).
 *
 * <p>Immutable.
 */
record SocketTables(Path proc) {

    private static final String ESTABLISHED = "01";
    private static final String LISTEN = "0A";
    private static final String UNCONNECTED = "07";

    private static final Pattern LINE =
            Pattern.compile("\\d+: ([0-9A-F]+):([0-9A-F]{4}) \\S+ ([0-9A-F]{2}) \\S+ \\S+ \\S+ +\\d+ +\\d+ (\\d+).*");
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
    private static final byte[] MAPPED = HexFormat.of().parseHex("00000000000000000000ffff");

    /** A socket without its process. Immutable. */
    private record Found(IpAddress address, int port, Protocol protocol, String state, long inode) {

        boolean listens() {
            return state.equals(protocol == Protocol.UDP ? UNCONNECTED : LISTEN);
        }

        boolean counts() {
            return listens() || state.equals(ESTABLISHED);
        }
    }

    /** Those whose own address is one of these. */
    List<NodeSocket> at(Set<IpAddress> addresses) {
        List<Found> found = new ArrayList<>();
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            for (String table : List.of(protocol.lowerName(), protocol.lowerName() + "6")) {
                lines(proc.resolve("thread-self/net").resolve(table))
                        .forEach(line -> add(line, protocol, addresses, found));
            }
        }
        Map<Long, String> processes = found.isEmpty() ? Map.of() : processes(found);
        return found.stream()
                .map(socket -> new NodeSocket(
                        socket.address,
                        socket.port,
                        socket.protocol,
                        socket.listens(),
                        processes.getOrDefault(socket.inode, "")))
                .toList();
    }

    private static List<String> lines(Path table) {
        try {
            return Files.readAllLines(table, StandardCharsets.US_ASCII);
        } catch (IOException noSuchFamily) {
            return List.of();
        }
    }

    private static void add(String line, Protocol protocol, Set<IpAddress> addresses, List<Found> found) {
        Matcher matcher = LINE.matcher(line.strip());
        if (!matcher.matches()) {
            return;
        }
        Found socket = new Found(
                address(matcher.group(1)),
                Integer.parseInt(matcher.group(2), 16),
                protocol,
                matcher.group(3),
                Long.parseLong(matcher.group(4)));
        if (socket.counts() && addresses.contains(socket.address)) {
            found.add(socket);
        }
    }

    /** The kernel prints words of four bytes as numbers of its own byte order. */
    private static IpAddress address(String hex) {
        ByteBuffer bytes = ByteBuffer.allocate(hex.length() / 2).order(ByteOrder.nativeOrder());
        for (int i = 0; i < hex.length(); i += 8) {
            bytes.putInt(Integer.parseUnsignedInt(hex, i, i + 8, 16));
        }
        byte[] all = bytes.array();
        boolean mapped = all.length == 16 && Arrays.equals(all, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
        return IpAddress.ofBytes(mapped ? Arrays.copyOfRange(all, MAPPED.length, all.length) : all);
    }

    /** By inode, processes that have one of these sockets; of several the one with the least number. */
    private Map<Long, String> processes(List<Found> sockets) {
        Set<Long> wanted = Set.copyOf(sockets.stream().map(Found::inode).toList());
        Map<Long, Path> all = new TreeMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            processes.forEach(process -> all.put(Long.valueOf(String.valueOf(process.getFileName())), process));
        } catch (IOException | NumberFormatException e) {
            return Map.of();
        }
        Map<Long, String> found = new HashMap<>();
        all.forEach((number, process) -> {
            for (long inode : inodes(process)) {
                if (wanted.contains(inode)) {
                    found.putIfAbsent(inode, name(process) + " (process " + number + ")");
                }
            }
        });
        return found;
    }

    private static List<Long> inodes(Path process) {
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            List<Long> inodes = new ArrayList<>();
            for (Path file : files.toList()) {
                Matcher matcher = SOCKET.matcher(target(file));
                if (matcher.matches()) {
                    inodes.add(Long.valueOf(matcher.group(1)));
                }
            }
            return inodes;
        } catch (IOException goneOrNotPermitted) {
            return List.of();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    private static String name(Path process) {
        try {
            return Files.readString(process.resolve("comm"), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException gone) {
            return "a process";
        }
    }
}

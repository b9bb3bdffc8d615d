package io.fairlead.agent;

import io.fairlead.agent.config.NodeParameter;
import io.fairlead.agent.mode.Modes;
import io.fairlead.kernel.Sysctl;
import io.fairlead.runtime.options.Arguments;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets parameters of the kernel and of this process. What may not be set is said once, and serving goes on without.
 *
 * <p>Confined to the main thread.
 */
final class NodeTuning {

    private static final Logger LOG = System.getLogger(NodeTuning.class.getName());
    private static final Sysctl ROUTE_LOCALNET = new Sysctl("net/ipv4/conf/all/route_localnet");
    private static final int TEXT_BYTES_MAX = 4096;
    private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu/online");

    private NodeTuning() {}

    /**
     * {@code --init-only}: what a container with CAP_NET_ADMIN alone may not do, for one that starts after this.
     *
     * @return the exit code, 1 if something that was asked for could not be set
     */
    static int initialize(Arguments arguments) {
        boolean set = apply(arguments);
        boolean loopback = !AgentOptions.policy(arguments).nodePortAddresses().loopback() || permitLoopback(true);
        List<String> refused = new Modes(AgentOptions.modeOptions(arguments), NodeTuning::permitLoopback)
                .prepare(arguments.value(AgentOptions.MODE));
        if (!refused.isEmpty()) {
            LOG.log(Level.WARNING, "mode {0}: {1}", arguments.value(AgentOptions.MODE), String.join(", ", refused));
        }
        return set && loopback && refused.isEmpty() ? 0 : 1;
    }

    /**
     * NodePorts on 127.0.0.1 need it; the guard chain stands before it is set.
     *
     * @return whether it is so
     */
    static boolean permitLoopback(boolean permitted) {
        Sysctl.Value wanted = new Sysctl.Value(permitted ? "1" : "0");
        Sysctl.Outcome outcome = ROUTE_LOCALNET.read();
        if (!outcome.equals(wanted)) {
            outcome = ROUTE_LOCALNET.write(wanted.text());
        }
        if (!outcome.equals(wanted)) {
            LOG.log(Level.WARNING, "NodePorts on 127.0.0.1 do not answer: {0}: {1}", ROUTE_LOCALNET.path(), outcome);
        }
        return outcome.equals(wanted);
    }

    /** Nobody needs it any more, unless kube-proxy does. */
    static void endLoopbackRouting() {
        if (!KubeProxyCleanup.needsLoopbackRouting()) {
            permitLoopback(false);
        }
    }

    /** What the words given ask for; see {@link #apply(List)}. */
    static boolean apply(Arguments arguments) {
        return apply(NodeParameter.of(arguments, processors()));
    }

    /**
     * Sets all of them.
     *
     * @return whether everything that the operator asked for is in force
     */
    static boolean apply(List<NodeParameter> parameters) {
        List<String> changed = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        boolean asked = false;
        for (NodeParameter parameter : parameters) {
            try {
                set(parameter, changed);
            } catch (IOException e) {
                refused.add(parameter.file() + " to " + parameter.value() + " (" + reason(e) + ")");
                asked |= parameter.asked();
            }
        }
        if (!changed.isEmpty()) {
            LOG.log(Level.INFO, "set {0}", String.join(", ", changed));
        }
        if (!refused.isEmpty()) {
            // Defaults that cannot be had in a container or in another namespace than the host's are nobody's mistake.
            LOG.log(asked ? Level.WARNING : Level.INFO, "could not set {0}", String.join(", ", refused));
        }
        return !asked;
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "this kernel does not have it";
            case AccessDeniedException _ -> "not permitted";
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static void set(NodeParameter parameter, List<String> changed) throws IOException {
        Path file = Path.of(parameter.file());
        String found = read(file);
        if (!found.matches("-?[0-9]{1,18}") || !parameter.isMetBy(Long.parseLong(found))) {
            // Without the default options, which would try to create and to truncate.
            Files.writeString(file, Long.toString(parameter.value()), StandardOpenOption.WRITE);
            changed.add(parameter.file() + " from " + found + " to " + parameter.value());
        }
    }

    /** In one read, see {@link io.fairlead.kernel.Sysctl#read}. */
    private static String read(Path file) throws IOException {
        byte[] text = new byte[TEXT_BYTES_MAX];
        try (InputStream in = Files.newInputStream(file)) {
            return new String(text, 0, Math.max(in.read(text), 0), StandardCharsets.US_ASCII).strip();
        }
    }

    /** Of the machine: a container's share says nothing about the connections of the node. */
    static int processors() {
        try {
            return count(Files.readString(PROCESSORS).strip());
        } catch (IOException | NumberFormatException e) {
            return Runtime.getRuntime().availableProcessors();
        }
    }

    /** Ranges as the kernel writes them, {@code 0-3,6}. */
    static int count(String ranges) {
        int count = 0;
        for (String range : ranges.split(",", -1)) {
            String[] ends = range.split("-", 2);
            int first = Integer.parseInt(ends[0]);
            count += (ends.length == 1 ? first : Integer.parseInt(ends[1])) - first + 1;
        }
        return count;
    }
}

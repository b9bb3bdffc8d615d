package io.fairlead.kernel.ipvs.fake;

import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Prints virtual servers as {@code ipvsadm --save --numeric} does, as far as it has words for them.
 *
 * <p>Thread-safe: a pure function of what is read.
 */
public final class IpvsPrinter {

    private static final int TCP = 6;
    private static final int UDP = 17;

    private IpvsPrinter() {}

    /** All virtual servers, each followed by its real servers, in the order in which they are listed. */
    public static String print(Ipvs ipvs) {
        StringBuilder text = new StringBuilder();
        for (VirtualServer server : ipvs.virtualServers()) {
            String service = service(server.key());
            text.append("-A ").append(service).append(" -s ").append(server.scheduler());
            if (server.isPersistent()) {
                text.append(" -p ").append(server.persistenceSeconds());
            }
            String flags = flags(server);
            text.append(flags.isEmpty() ? "" : " -b " + flags).append('\n');
            for (RealServerStatus status : ipvs.realServers(server.key())) {
                RealServer real = status.server();
                text.append("-a ").append(service).append(" -r ").append(real.key());
                text.append(" -m -w ").append(real.weight());
                text.append(real.upperThreshold() == 0 ? "" : " -x " + real.upperThreshold());
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static String service(VirtualServerKey key) {
        String address = key.toString();
        String endpoint = address.substring(0, address.lastIndexOf('/'));
        return switch (key.protocol()) {
                    case TCP -> "-t ";
                    case UDP -> "-u ";
                    default -> "--sctp-service ";
                }
                + endpoint;
    }

    private static String flags(VirtualServer server) {
        List<Integer> bits = new ArrayList<>(
                List.of(VirtualServer.SCHEDULER_1, VirtualServer.SCHEDULER_2, VirtualServer.SCHEDULER_3));
        StringJoiner flags = new StringJoiner(",");
        for (int i = 0; i < bits.size(); i++) {
            if ((server.flags() & bits.get(i)) != 0) {
                flags.add("flag-" + (i + 1));
            }
        }
        return flags.toString();
    }
}

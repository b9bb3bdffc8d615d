package io.fairlead.kernel.ipvs;

/**
 * One change of IPVS, that happens whole or not at all.
 *
 * <p>Immutable.
 */
public sealed interface IpvsOperation {

    /** The virtual server that is changed, or whose real server is. */
    VirtualServerKey virtualServer();

    /** What it does, for example {@code "add"}. */
    String verb();

    /** To what it does it, for example {@code "virtual server 10.0.0.10:80/tcp"}. */
    default String target() {
        return "virtual server " + virtualServer();
    }

    /** Refused with EEXIST if there is one, with ENOENT if the kernel has no such scheduler. */
    record AddVirtualServer(VirtualServer server) implements IpvsOperation {
        @Override
        public VirtualServerKey virtualServer() {
            return server.key();
        }

        @Override
        public String verb() {
            return "add";
        }
    }

    /** Its connections and real servers stay. Refused with ESRCH if there is none, otherwise as adding. */
    record ChangeVirtualServer(VirtualServer server) implements IpvsOperation {
        @Override
        public VirtualServerKey virtualServer() {
            return server.key();
        }

        @Override
        public String verb() {
            return "change";
        }
    }

    /** With all its real servers. Refused with ESRCH if there is none. */
    record DeleteVirtualServer(VirtualServerKey virtualServer) implements IpvsOperation {
        @Override
        public String verb() {
            return "delete";
        }
    }

    /**
     * One that was deleted a while ago gets the connections back that it still has. Refused with EEXIST if there is one,
     * ESRCH without virtual server, EINVAL for an address to which nothing is sent, or of another family, ERANGE if
     * weight or thresholds make no sense.
     */
    record AddRealServer(VirtualServerKey virtualServer, RealServer server) implements IpvsOperation {
        @Override
        public String verb() {
            return "add";
        }

        @Override
        public String target() {
            return text(server.key(), virtualServer);
        }
    }

    /** Its connections stay. Refused with ENOENT if there is none, otherwise as adding. */
    record ChangeRealServer(VirtualServerKey virtualServer, RealServer server) implements IpvsOperation {
        @Override
        public String verb() {
            return "change";
        }

        @Override
        public String target() {
            return text(server.key(), virtualServer);
        }
    }

    /** Refused with ENOENT if there is none, ESRCH without virtual server. */
    record DeleteRealServer(VirtualServerKey virtualServer, RealServerKey server) implements IpvsOperation {
        @Override
        public String verb() {
            return "delete";
        }

        @Override
        public String target() {
            return text(server, virtualServer);
        }
    }

    private static String text(RealServerKey server, VirtualServerKey virtualServer) {
        return "real server " + server + " of virtual server " + virtualServer;
    }
}

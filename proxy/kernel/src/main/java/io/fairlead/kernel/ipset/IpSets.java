package io.fairlead.kernel.ipset;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Libc;
import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkProtocol;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Names of ipsets (include/uapi/linux/netfilter/ipset/ip_set.h): what there is, their removal, and whether one has a
 * member.
 *
 * <p>Confined to one thread at a time.
 */
public final class IpSets implements AutoCloseable {

    private static final int SUBSYSTEM = 6 << 8;
    private static final int DESTROY = SUBSYSTEM | 3;
    private static final int LIST = SUBSYSTEM | 7;
    private static final int TEST = SUBSYSTEM | 11;
    private static final int PROTOCOL = 1;
    private static final int SET_NAME = 2;
    private static final int FLAGS = 6;
    private static final int DATA = 7;
    /** NLA_F_NET_BYTEORDER, which members insist on. */
    private static final int NETWORK_ORDER = 1 << 14;

    private static final int MEMBER_IP = 1;
    private static final int MEMBER_PORT = 4 | NETWORK_ORDER;
    private static final int MEMBER_PROTOCOL = 7;
    private static final int IPV4 = 1 | NETWORK_ORDER;
    private static final int IPV6 = 2 | NETWORK_ORDER;
    /** IPSET_FLAG_LIST_SETNAME. */
    private static final int NAMES_ONLY = 1 << 1;
    /** The oldest version that every kernel in use still speaks. */
    private static final int VERSION = 6;
    /** Length of struct nfgenmsg. */
    private static final int HEADER_BYTES = 4;
    /** IPSET_ERR_BUSY, in the place of an errno. */
    private static final int IN_USE = 4100;
    /** IPSET_ERR_EXIST, of a test: it is no member, or cannot be one of such a set. */
    private static final int NO_MEMBER = 4103;

    private final NetlinkClient client;
    private final NetlinkAttributes attributes = new NetlinkAttributes();

    private IpSets(NetlinkClient client) {
        this.client = client;
    }

    /** Opens the network namespace of the calling thread. */
    public static IpSets open() {
        return new IpSets(NetlinkClient.open(NetlinkProtocol.NETFILTER));
    }

    /** The names of all sets; of none if the kernel has no ipsets. */
    public SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        begin(LIST).putNetworkInt(FLAGS, NAMES_ONLY);
        try {
            client.dump("list", "ipsets", new NetlinkClient.DumpVisitor() {
                @Override
                public void begin() {
                    names.clear();
                }

                @Override
                public void message(NetlinkMessage message) {
                    message.attributes(HEADER_BYTES, attributes);
                    while (attributes.next()) {
                        if (attributes.type() == SET_NAME) {
                            names.add(attributes.textValue());
                        }
                    }
                }
            });
        } catch (KernelException e) {
            // EINVAL: nobody has registered the subsystem.
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
        }
        return names;
    }

    private NetlinkWriter begin(int type) {
        NetlinkWriter writer = client.begin(type, 0);
        writer.fixedByte(Libc.AF_INET);
        writer.fixedByte(0);
        writer.fixedNetworkShort(0);
        writer.putByte(PROTOCOL, VERSION);
        return writer;
    }

    /**
     * Removes a set with its members.
     *
     * @return false if a rule or another set refers to it
     * @throws KernelException if the kernel refuses for another reason; a set that is not there is fine
     */
    public boolean destroy(String name) {
        begin(DESTROY).putText(SET_NAME, name);
        try {
            client.execute("destroy", "ipset " + name);
        } catch (KernelException e) {
            if (e.errno() == IN_USE) {
                return false;
            }
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
        return true;
    }

    /** Whether a set of ports (bitmap:port) has this one; false also if there is no such set. */
    public boolean hasPort(String name, int port) {
        NetlinkWriter writer = begin(TEST);
        writer.putText(SET_NAME, name);
        int data = writer.beginNested(DATA);
        writer.putNetworkShort(MEMBER_PORT, port);
        writer.endNested(data);
        return test(name);
    }

    /**
     * Whether a set of addresses with ports (hash:ip,port) has this one; false also if there is no such set.
     *
     * @param protocol IP protocol number
     */
    public boolean hasPort(String name, InetAddress address, int protocol, int port) {
        NetlinkWriter writer = begin(TEST);
        writer.putText(SET_NAME, name);
        int data = writer.beginNested(DATA);
        int ip = writer.beginNested(MEMBER_IP);
        writer.putBytes(address instanceof Inet6Address ? IPV6 : IPV4, address.getAddress());
        writer.endNested(ip);
        writer.putNetworkShort(MEMBER_PORT, port);
        writer.putByte(MEMBER_PROTOCOL, protocol);
        writer.endNested(data);
        return test(name);
    }

    private boolean test(String name) {
        try {
            client.execute("look into", "ipset " + name);
            return true;
        } catch (KernelException e) {
            if (e.errno() != NO_MEMBER && e.errno() != Errno.ENOENT) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}

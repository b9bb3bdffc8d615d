package io.fairlead.test.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.IpvsOperation.AddRealServer;
import io.fairlead.kernel.ipvs.IpvsOperation.AddVirtualServer;
import io.fairlead.kernel.ipvs.IpvsOperation.ChangeRealServer;
import io.fairlead.kernel.ipvs.IpvsOperation.ChangeVirtualServer;
import io.fairlead.kernel.ipvs.IpvsOperation.DeleteRealServer;
import io.fairlead.kernel.ipvs.IpvsOperation.DeleteVirtualServer;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import io.fairlead.kernel.ipvs.fake.FakeIpvsKernel;
import io.fairlead.test.netns.Place;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * The kernel on which this runs, and the fake, get the same operations, many of them wrong: both must answer the same and
 * then hold the same.
 *
 * <p>Confined to the main thread.
 */
final class IpvsTwinsMain {

    private static final int BATCHES = 400;
    private static final int OPERATIONS_MAX = 30;

    private static final String MAPPED = "::ffff:10.180.0.1";

    /** Addresses of virtual servers: few, so that operations meet. */
    private static final List<String> VIRTUAL =
            List.of("172.30.0.41", "172.30.0.42", "0.0.0.0", "fd00:172:30::41", "::");

    /** Addresses of real servers, with all kinds that every kernel refuses: 0.0.0.0/8 is none. */
    private static final List<String> REAL = List.of(
            "10.180.0.1",
            "10.180.0.2",
            "127.0.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "fd00:10:180::1",
            "2001:db8::1",
            "::",
            "::1",
            "::7",
            MAPPED,
            "fe80::1",
            "fec0::1",
            "ff02::1");

    /** Of IPv6 all the same, which no parser of text makes of it. */
    private static final InetAddress MAPPED_BYTES =
            IpBytes.address(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, (byte) 180, 0, 1});

    private static final List<String> SCHEDULERS = List.of("rr", "wrr", "mh", "sh", "lblc", "none", "best");
    private static final int[] WEIGHTS = {0, 1, 100, Integer.MAX_VALUE, -1, Integer.MIN_VALUE};
    private static final int[] THRESHOLDS = {0, 0, 1, 10, Integer.MAX_VALUE, -1};
    private static final int[] PROTOCOLS = {6, 17, 132, 0, 255, 0xffff};
    private static final int[] TIMEOUTS = {0, 1, 100, -1, Integer.MAX_VALUE, Integer.MIN_VALUE};

    private final Random random;
    private final Ipvs kernel;
    private final Ipvs fake = new FakeIpvsKernel().open();
    private final Map<Integer, Integer> answers = new TreeMap<>();

    private IpvsTwinsMain(Random random, Ipvs kernel) {
        this.random = random;
        this.kernel = kernel;
    }

    /** @param words a seed */
    public static void main(String[] words) {
        long seed = Long.parseLong(words[0]);
        // Where loopback never was up, the kernel takes every IPv4 address for a broadcast address, and refuses it.
        try (Place place = new Place();
                Ipvs kernel = place.namespace().run(NetlinkIpvs::open)) {
            new IpvsTwinsMain(new Random(seed), kernel).compare();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private void compare() {
        assertEquals(kernel.timeouts(), fake.timeouts());
        for (int batch = 0; batch < BATCHES; batch++) {
            List<IpvsOperation> operations = new ArrayList<>();
            int size = 1 + random.nextInt(OPERATIONS_MAX);
            for (int i = 0; i < size; i++) {
                operations.add(operation());
            }
            List<Integer> expected = answers(kernel, operations);
            List<Integer> actual = answers(fake, operations);
            for (int i = 0; i < size; i++) {
                int each = i;
                assertEquals(expected.get(i), actual.get(i), () -> "answer to " + operations.get(each));
                answers.merge(expected.get(i), 1, Integer::sum);
            }
            compareContent();
            compareTimeouts();
        }
        System.out.println("answers by errno: " + answers);
        assertTrue(answers.size() >= 6, "0, ENOENT, ESRCH, EEXIST, EINVAL and ERANGE were to be seen");
    }

    /** The errno of each operation, 0 for what was done. */
    private static List<Integer> answers(Ipvs ipvs, List<IpvsOperation> operations) {
        List<Integer> answers = new ArrayList<>(Collections.nCopies(operations.size(), 0));
        ipvs.applyAll(operations).forEach(refusal -> answers.set(refusal.index(), refusal.errno()));
        return answers;
    }

    private void compareContent() {
        List<VirtualServer> servers = kernel.virtualServers();
        assertEquals(Set.copyOf(servers), Set.copyOf(fake.virtualServers()));
        assertEquals(servers.size(), fake.virtualServers().size());
        for (VirtualServer server : servers) {
            assertEquals(kernel.realServers(server.key()), fake.realServers(server.key()));
        }
    }

    private void compareTimeouts() {
        IpvsTimeouts timeouts = new IpvsTimeouts(pick(TIMEOUTS), pick(TIMEOUTS), pick(TIMEOUTS));
        assertEquals(refuses(kernel, timeouts), refuses(fake, timeouts), timeouts::toString);
        assertEquals(kernel.timeouts(), fake.timeouts());
    }

    private static int refuses(Ipvs ipvs, IpvsTimeouts timeouts) {
        try {
            ipvs.setTimeouts(timeouts);
            return 0;
        } catch (KernelException e) {
            return e.errno();
        }
    }

    private IpvsOperation operation() {
        VirtualServerKey key = new VirtualServerKey(address(VIRTUAL), pick(PROTOCOLS), random.nextInt(2) * 80);
        RealServerKey real = new RealServerKey(address(REAL), random.nextInt(2) * 80);
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> new AddVirtualServer(server(key));
            case 3 -> new ChangeVirtualServer(server(key));
            case 4 -> new DeleteVirtualServer(key);
            case 5, 6, 7, 8 -> new AddRealServer(key, server(real));
            case 9 -> new ChangeRealServer(key, server(real));
            default -> new DeleteRealServer(key, real);
        };
    }

    private VirtualServer server(VirtualServerKey key) {
        int bits = key.isIpv6() ? 128 : 32;
        int flags = random.nextInt(64) & ~2;
        return new VirtualServer(
                key,
                SCHEDULERS.get(random.nextInt(SCHEDULERS.size())),
                flags,
                random.nextInt(3) * 1_000_000,
                random.nextInt(4) * bits / 3);
    }

    private RealServer server(RealServerKey key) {
        int forwarding = random.nextInt(4) == 0 ? random.nextInt(8) : RealServer.MASQUERADE;
        return new RealServer(key, forwarding, pick(WEIGHTS), pick(THRESHOLDS), pick(THRESHOLDS));
    }

    private InetAddress address(List<String> texts) {
        String text = texts.get(random.nextInt(texts.size()));
        return text.equals(MAPPED)
                ? MAPPED_BYTES
                : IpBytes.address(IpAddress.parse(text).toBytes());
    }

    private int pick(int[] values) {
        return values[random.nextInt(values.length)];
    }
}

package io.fairlead.kernel.feature;

import io.fairlead.kernel.Sysctl;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the kernel speaks IPv6.
 *
 * <p>Thread-safe: asks the kernel each time.
 */
public final class Ipv6 {

    private static final Path ADDRESSES = Path.of("/proc/net/if_inet6");
    private static final Sysctl DISABLED = new Sysctl("net/ipv6/conf/all/disable_ipv6");

    private Ipv6() {}

    /** In the network namespace of the process. */
    public static boolean isThere() {
        return Files.exists(ADDRESSES) && !DISABLED.read().equals(new Sysctl.Value("1"));
    }
}

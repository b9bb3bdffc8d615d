package io.fairlead.lab.topology;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.regex.Pattern;

/**
 * An IPv4 and an IPv6 address of the same thing.
 *
 * <p>Immutable.
 */
public record DualStack(Inet4Address v4, Inet6Address v6) {

    private static final Pattern ZEROS = Pattern.compile("(^|:)0(:0)+(:|$)");

    /** From literals. */
    public static DualStack of(String v4, String v6) {
        return new DualStack(Inet4Address.ofLiteral(v4), (Inet6Address) Inet6Address.ofLiteral(v6));
    }

    /** The one of another address' family. */
    public InetAddress like(InetAddress other) {
        return other instanceof Inet4Address ? v4 : v6;
    }

    public boolean contains(InetAddress address) {
        return v4.equals(address) || v6.equals(address);
    }

    public String text4() {
        return text(v4);
    }

    public String text6() {
        return text(v6);
    }

    /** An address as people write it: zeros of IPv6 are left out once (RFC 5952). */
    public static String text(InetAddress address) {
        return ZEROS.matcher(address.getHostAddress()).replaceFirst("::");
    }
}

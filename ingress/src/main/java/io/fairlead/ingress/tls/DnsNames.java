package io.fairlead.ingress.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * The names that a certificate is for (RFC 9525): a name, or an asterisk for exactly its first label.
 *
 * <p>Immutable.
 */
public final class DnsNames {

    private final List<String> names;
    private final byte[][] bytes;

    /** @param names in any case; those that are no names of DNS are left out, since no host can match them */
    public DnsNames(Collection<String> names) {
        this.names = names.stream()
                .filter(name -> name.length() <= 255 && name.chars().allMatch(DnsNames::isNameCharacter))
                .map(name -> name.toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
        bytes = this.names.stream()
                .map(name -> name.getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
    }

    /** Those of a certificate's alternative names that are names of DNS. */
    public static DnsNames of(GeneralNames alternatives) {
        List<String> names = new ArrayList<>();
        for (GeneralName alternative : alternatives.getNames()) {
            if (alternative.getTagNo() == GeneralName.dNSName) {
                names.add(alternative.getName().toString());
            }
        }
        return new DnsNames(names);
    }

    /** In lower case. */
    public List<String> names() {
        return names;
    }

    /** Whether they are for a host as a rule writes it; a wildcard only by the same wildcard. */
    public boolean cover(String host) {
        if (host.startsWith("*")) {
            return names.contains(host.toLowerCase(Locale.ROOT));
        }
        byte[] text = host.getBytes(StandardCharsets.US_ASCII);
        return cover(text, 0, text.length);
    }

    /** Hot path: whether they are for a host, in any case. */
    public boolean cover(byte[] host, int from, int to) {
        for (byte[] name : bytes) {
            if (covers(name, host, from, to)) {
                return true;
            }
        }
        return false;
    }

    private static boolean covers(byte[] name, byte[] host, int from, int to) {
        if (name.length < 2 || name[0] != '*') {
            return isEqual(name, 0, host, from, to);
        }
        int dot = from;
        while (dot < to && host[dot] != '.') {
            dot++;
        }
        return dot > from && dot < to && isEqual(name, 1, host, dot, to);
    }

    private static boolean isEqual(byte[] name, int nameFrom, byte[] host, int from, int to) {
        if (name.length - nameFrom != to - from) {
            return false;
        }
        for (int i = from; i < to; i++) {
            byte b = host[i];
            byte lower = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
            if (name[nameFrom + i - from] != lower) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNameCharacter(int c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '*';
    }

    @Override
    public String toString() {
        return names.isEmpty() ? "no host" : String.join(", ", names);
    }
}

package io.fairlead.ingress.tls;

import io.fairlead.ingress.route.HostMatch;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.jspecify.annotations.Nullable;

/**
 * A certificate with its chain and its private key, proved to belong together.
 *
 * <p>Keeps both encoded, which is a tenth of what the JDK makes of them; contexts are made of it when they are first
 * needed. It has no way to print its key.
 *
 * <p>Immutable.
 */
public final class ServerCertificate {

    private static final int CHAIN_MAX = 20;

    private final List<byte[]> chain;
    private final ReadKey key;
    private final DnsNames names;
    private final Instant notBefore;
    private final Instant notAfter;
    private final String issuer;
    private final String fingerprint;
    private final byte[] digest;

    private ServerCertificate(List<byte[]> chain, ReadKey key, TBSCertificate leaf) {
        this.chain = chain;
        this.key = key;
        names = names(leaf);
        notBefore = leaf.getStartDate().getDate().toInstant();
        notAfter = leaf.getEndDate().getDate().toInstant();
        issuer = leaf.getIssuer().toString();
        fingerprint = HexFormat.of().formatHex(sha256(List.of(chain.getFirst())));
        digest = sha256(chain);
    }

    /**
     * Reads a Secret of type {@code kubernetes.io/tls}. One that is expired or not yet valid is usable: a client may
     * accept it, and no certificate is worse; see {@link #warnings}.
     *
     * @param certificates {@code tls.crt}: the certificate, then those of its issuers, in PEM
     * @param key {@code tls.key}: its private key in PEM, not encrypted
     */
    public static ParsedCertificate parse(byte[] certificates, byte[] key) {
        try {
            List<byte[]> chain = chain(certificates);
            ReadKey read = ReadKey.of(key);
            TBSCertificate leaf = leaf(chain).getTBSCertificate();
            if (!read.fits(leaf.getSubjectPublicKeyInfo())) {
                throw new Refusal(
                        CertificateFault.KEY_MISMATCH,
                        "tls.key is not the key of the first certificate in tls.crt; of a chain, the server's own"
                                + " certificate comes first");
            }
            return new ParsedCertificate.Usable(new ServerCertificate(chain, read, leaf));
        } catch (Refusal e) {
            return e.value();
        } catch (RuntimeException e) {
            // Bouncy Castle throws whatever its casts and lists throw at what is malformed.
            return new ParsedCertificate.Refused(
                    CertificateFault.BAD_CERTIFICATE, "tls.crt holds what is not an X.509 certificate");
        }
    }

    private static List<byte[]> chain(byte[] pem) {
        List<byte[]> chain = new ArrayList<>();
        for (Pem.Block block : Pem.read(pem, "tls.crt", CertificateFault.BAD_CERTIFICATE)) {
            if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
                chain.add(block.der());
            } else {
                block.wipe();
            }
        }
        if (chain.isEmpty()) {
            throw new Refusal(CertificateFault.NO_CERTIFICATE, "tls.crt holds no certificate in PEM");
        }
        if (chain.size() > CHAIN_MAX) {
            throw new Refusal(CertificateFault.TOO_LARGE, "tls.crt holds more than " + CHAIN_MAX + " certificates");
        }
        return List.copyOf(chain);
    }

    /** Reads all of the chain, which proves that it can be read. */
    private static Certificate leaf(List<byte[]> chain) {
        Certificate leaf = Certificate.getInstance(chain.getFirst());
        chain.subList(1, chain.size()).forEach(Certificate::getInstance);
        return leaf;
    }

    /** The common name counts only if there are no alternative names (RFC 6125, section 6.4.4). */
    private static DnsNames names(TBSCertificate leaf) {
        Extensions extensions = leaf.getExtensions();
        Extension alternatives = extensions == null ? null : extensions.getExtension(Extension.subjectAlternativeName);
        if (alternatives != null) {
            return DnsNames.of(GeneralNames.getInstance(alternatives.getParsedValue()));
        }
        return new DnsNames(Arrays.stream(leaf.getSubject().getRDNs(BCStyle.CN))
                .map(common -> common.getFirst().getValue().toString())
                .toList());
    }

    /**
     * What its owner should be told, as sentences for Events; nothing of it keeps the certificate from being served.
     *
     * @param hosts those that it is to be served for
     */
    public List<String> warnings(Collection<HostMatch> hosts, Instant now) {
        List<String> warnings = new ArrayList<>();
        if (now.isAfter(notAfter)) {
            warnings.add("the certificate expired at " + notAfter);
        }
        if (now.isBefore(notBefore)) {
            warnings.add("the certificate is valid only from " + notBefore + " on");
        }
        List<String> others = hosts.stream()
                .filter(host -> !isFor(host))
                .map(HostMatch::text)
                .sorted()
                .toList();
        if (!others.isEmpty()) {
            warnings.add("the certificate for " + names + " does not cover " + String.join(", ", others));
        }
        return warnings;
    }

    /** Whether clients that ask for a host will take it for that one's. */
    public boolean isFor(HostMatch host) {
        return host instanceof HostMatch.Any || names.cover(host.text());
    }

    public DnsNames names() {
        return names;
    }

    public KeyType keyType() {
        return key.type();
    }

    public Instant notBefore() {
        return notBefore;
    }

    public Instant notAfter() {
        return notAfter;
    }

    /** The distinguished name of who signed it (RFC 2253). */
    public String issuer() {
        return issuer;
    }

    /** The SHA-256 of the certificate without its chain, in hexadecimal digits, as other tools show it. */
    public String fingerprint() {
        return fingerprint;
    }

    /** DER, the server's own first. */
    List<byte[]> chain() {
        return chain;
    }

    /** The private key. Nobody but the makers of contexts may ask. */
    byte[] pkcs8() {
        return key.pkcs8();
    }

    /** The SHA-256 of the chain. A certificate with other issuers is another one: clients must get the new ones. */
    byte[] digest() {
        return digest;
    }

    private static byte[] sha256(List<byte[]> parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            parts.forEach(sha256::update);
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Whether both are the same chain, and so the same key. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ServerCertificate that && Arrays.equals(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }

    @Override
    public String toString() {
        return key + " for " + names + ", until " + notAfter;
    }
}

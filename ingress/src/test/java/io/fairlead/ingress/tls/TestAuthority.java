package io.fairlead.ingress.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Signs certificates for tests. It has one key of each type, since those of RSA take long to make.
 *
 * <p>Thread-safe.
 */
public final class TestAuthority {

    public static final TestAuthority INSTANCE = new TestAuthority();

    private static final X500Name NAME = new X500Name("CN=test authority");

    private final Map<KeyType, KeyPair> keys = new ConcurrentHashMap<>();
    private final KeyPair own = pair("EC", "secp256r1");
    private final AtomicLong serials = new AtomicLong(1);

    private TestAuthority() {}

    static KeyPair pair(String algorithm, String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (!curve.isEmpty()) {
                generator.initialize(new ECGenParameterSpec(curve));
            } else if (algorithm.equals("RSA")) {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    KeyPair key(KeyType type) {
        return keys.computeIfAbsent(type, made -> switch (made) {
            case ECDSA_P256 -> pair("EC", "secp256r1");
            case ECDSA_P384 -> pair("EC", "secp384r1");
            case ED25519 -> pair("Ed25519", "");
            case RSA -> pair("RSA", "");
        });
    }

    PrivateKey privateKey(KeyType type) {
        return key(type).getPrivate();
    }

    /** Another one of the same name. */
    public static TestAuthority another() {
        return new TestAuthority();
    }

    /** PEM of the authority's own certificate. */
    public byte[] authority() {
        return pem("CERTIFICATE", sign(own, NAME, true, Duration.ofDays(-1), Duration.ofDays(10), List.of()));
    }

    /** A certificate that is new each time, with the authority's behind it. */
    public ServerCertificate certificate(KeyType type, String... names) {
        return usable(ServerCertificate.parse(
                chain(type, names), pem("PRIVATE KEY", privateKey(type).getEncoded())));
    }

    /** The key of its certificates of this type (RFC 7468 section 10). */
    public byte[] keyPem(KeyType type) {
        return pem("PRIVATE KEY", privateKey(type).getEncoded());
    }

    /** PEM of a certificate that is new each time, with the authority's behind it. */
    public byte[] chain(KeyType type, String... names) {
        byte[] leaf = pem(
                "CERTIFICATE",
                sign(key(type), new X500Name("CN=leaf"), false, Duration.ofDays(-1), Duration.ofDays(5), names(names)));
        return concat(leaf, authority());
    }

    byte[] leaf(KeyPair pair, X500Name subject, Duration from, Duration to, List<GeneralName> names) {
        return pem("CERTIFICATE", sign(pair, subject, false, from, to, names));
    }

    static List<GeneralName> names(String... names) {
        return Arrays.stream(names)
                .map(name -> new GeneralName(GeneralName.dNSName, name))
                .toList();
    }

    private byte[] sign(
            KeyPair pair, X500Name subject, boolean ca, Duration from, Duration to, List<GeneralName> names) {
        try {
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    NAME,
                    BigInteger.valueOf(serials.getAndIncrement()),
                    Date.from(now.plus(from)),
                    Date.from(now.plus(to)),
                    subject,
                    pair.getPublic());
            if (ca) {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            }
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(own.getPrivate()))
                    .getEncoded();
        } catch (IOException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] pem(String label, byte[] der) {
        return Pem.write(label, List.of(der));
    }

    static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    static ServerCertificate usable(ParsedCertificate parsed) {
        return switch (parsed) {
            case ParsedCertificate.Usable usable -> usable.certificate();
            case ParsedCertificate.Refused refused -> throw new AssertionError(refused.toString());
        };
    }
}

package io.fairlead.ingress.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.route.HostMatch;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a Secret may hold, and what is said of the rest.
 *
 * <p>Confined to the test thread.
 */
final class ServerCertificateTest {

    private static final TestAuthority AUTHORITY = TestAuthority.INSTANCE;
    private static final byte[] NOTHING = {};

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static PrivateKeyInfo info(KeyType type) {
        return PrivateKeyInfo.getInstance(AUTHORITY.privateKey(type).getEncoded());
    }

    private static void refuses(CertificateFault fault, byte[] crt, byte[] key) {
        switch (ServerCertificate.parse(crt, key)) {
            case ParsedCertificate.Usable usable -> throw new AssertionError("usable: " + usable);
            case ParsedCertificate.Refused refused -> {
                assertEquals(fault, refused.fault(), refused.reason());
                assertFalse(refused.reason().isEmpty());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void takesKeysOfEachType(KeyType type) {
        ServerCertificate certificate = TestAuthority.usable(
                ServerCertificate.parse(AUTHORITY.chain(type, "B.example", "*.a.example"), AUTHORITY.keyPem(type)));
        assertEquals(type, certificate.keyType());
        assertEquals(List.of("b.example", "*.a.example"), certificate.names().names());
        assertEquals(2, certificate.chain().size());
        assertEquals("CN=test authority", certificate.issuer());
    }

    @Test
    void takesPkcs1AndSec1() throws IOException {
        byte[] pkcs1 = TestAuthority.pem(
                "RSA PRIVATE KEY",
                RSAPrivateKey.getInstance(info(KeyType.RSA).parsePrivateKey()).getEncoded());
        assertEquals(
                KeyType.RSA,
                TestAuthority.usable(ServerCertificate.parse(AUTHORITY.chain(KeyType.RSA, "a.example"), pkcs1))
                        .keyType());
        for (String curve : List.of("prime256v1", "secp384r1")) {
            KeyType type = curve.equals("secp384r1") ? KeyType.ECDSA_P384 : KeyType.ECDSA_P256;
            byte[] sec1 = Program.run(
                            new String(AUTHORITY.keyPem(type), StandardCharsets.US_ASCII),
                            "openssl",
                            "ec",
                            "-param_enc",
                            "named_curve")
                    .output()
                    .getBytes(StandardCharsets.US_ASCII);
            // With what openssl writes before it, and the block that says the curve once more.
            byte[] parameters = TestAuthority.pem("EC PARAMETERS", new byte[] {5, 0});
            byte[] key = TestAuthority.concat(parameters, sec1);
            assertEquals(
                    type,
                    TestAuthority.usable(ServerCertificate.parse(AUTHORITY.chain(type, "a.example"), key))
                            .keyType());
        }
    }

    @Test
    void computesThePublicHalfIfItIsLeftOut() throws IOException {
        ECPrivateKey key = ECPrivateKey.getInstance(info(KeyType.ECDSA_P256).parsePrivateKey());
        ECPrivateKey half = new ECPrivateKey(256, key.getKey(), SECObjectIdentifiers.secp256r1);
        byte[] pem = TestAuthority.pem("EC PRIVATE KEY", half.getEncoded());
        TestAuthority.usable(ServerCertificate.parse(AUTHORITY.chain(KeyType.ECDSA_P256, "a.example"), pem));
        refuses(
                CertificateFault.KEY_MISMATCH,
                AUTHORITY.leaf(
                        TestAuthority.pair("EC", "secp256r1"),
                        new X500Name("CN=a"),
                        Duration.ofDays(-1),
                        Duration.ofDays(1),
                        List.of()),
                pem);
    }

    @Test
    void takesWindowsLineEndsAndTextAround() {
        String crt = "subject=a\r\n"
                + new String(AUTHORITY.chain(KeyType.ECDSA_P256, "a.example"), StandardCharsets.US_ASCII)
                        .replace("\n", " \r\n");
        String key = new String(AUTHORITY.keyPem(KeyType.ECDSA_P256), StandardCharsets.US_ASCII).strip();
        TestAuthority.usable(ServerCertificate.parse(bytes(crt), bytes(key)));
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        byte[] crt = AUTHORITY.chain(KeyType.ECDSA_P256, "a.example");
        byte[] key = AUTHORITY.keyPem(KeyType.ECDSA_P256);
        refuses(CertificateFault.NO_CERTIFICATE, NOTHING, key);
        refuses(CertificateFault.NO_CERTIFICATE, bytes("hello"), key);
        refuses(CertificateFault.NO_CERTIFICATE, key, key);
        refuses(CertificateFault.NO_KEY, crt, NOTHING);
        refuses(CertificateFault.NO_KEY, crt, crt);
        refuses(CertificateFault.KEY_MISMATCH, crt, AUTHORITY.keyPem(KeyType.RSA));
        refuses(CertificateFault.KEY_MISMATCH, crt, AUTHORITY.keyPem(KeyType.ED25519));
        refuses(CertificateFault.KEY_MISMATCH, crt, pem(TestAuthority.pair("EC", "secp256r1")));
        refuses(CertificateFault.KEY_MISMATCH, AUTHORITY.authority(), key);
        refuses(CertificateFault.UNSUPPORTED_KEY, crt, pem(TestAuthority.pair("EC", "secp521r1")));
        refuses(CertificateFault.UNSUPPORTED_KEY, crt, pem(TestAuthority.pair("Ed448", "")));
        refuses(CertificateFault.UNSUPPORTED_KEY, crt, TestAuthority.pem("DSA PRIVATE KEY", new byte[] {1}));
        refuses(CertificateFault.BAD_KEY, crt, TestAuthority.concat(key, key));
        refuses(CertificateFault.BAD_KEY, crt, TestAuthority.pem("PRIVATE KEY", new byte[] {1, 2, 3}));
        refuses(CertificateFault.BAD_KEY, crt, bytes("-----BEGIN PRIVATE KEY-----\nAAAA"));
        refuses(CertificateFault.BAD_KEY, crt, bytes("-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----"));
        refuses(CertificateFault.BAD_CERTIFICATE, TestAuthority.pem("CERTIFICATE", new byte[] {1, 2, 3}), key);
        refuses(
                CertificateFault.BAD_CERTIFICATE,
                TestAuthority.concat(crt, TestAuthority.pem("CERTIFICATE", new byte[] {48, 0})),
                key);
        refuses(CertificateFault.TOO_LARGE, new byte[Pem.BYTES_MAX + 1], key);
        refuses(CertificateFault.TOO_LARGE, crt, new byte[Pem.BYTES_MAX + 1]);
        byte[] many = crt;
        for (int i = 0; i < 4; i++) {
            many = TestAuthority.concat(many, many);
        }
        refuses(CertificateFault.TOO_LARGE, many, key);
        refuses(CertificateFault.BAD_CERTIFICATE, TestAuthority.concat(many, TestAuthority.concat(many, many)), key);
    }

    private static byte[] pem(KeyPair pair) {
        return TestAuthority.pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    @Test
    void refusesEncryptedKeysOfBothFormats() {
        byte[] crt = AUTHORITY.chain(KeyType.RSA, "a.example");
        String key = new String(AUTHORITY.keyPem(KeyType.RSA), StandardCharsets.US_ASCII);
        for (String format : List.of("-traditional", "-passout")) {
            Program openssl = format.equals("-traditional")
                    ? Program.run(
                            key,
                            "openssl",
                            "rsa",
                            "-aes128",
                            "-traditional",
                            "-passout",
                            "pass:secret",
                            "-in",
                            "/dev/stdin")
                    : Program.run(key, "openssl", "pkcs8", "-topk8", "-passout", "pass:secret", "-in", "/dev/stdin");
            refuses(CertificateFault.ENCRYPTED_KEY, crt, bytes(openssl.output()));
        }
    }

    @Test
    void refusesKeysWhoseNumbersContradict() throws IOException {
        byte[] crt = AUTHORITY.chain(KeyType.RSA, "a.example");
        RSAPrivateKey key = RSAPrivateKey.getInstance(info(KeyType.RSA).parsePrivateKey());
        RSAPrivateKey broken = new RSAPrivateKey(
                key.getModulus(),
                key.getPublicExponent(),
                key.getPrivateExponent(),
                key.getPrime1(),
                key.getPrime2(),
                key.getExponent1().add(BigInteger.TWO),
                key.getExponent2(),
                key.getCoefficient());
        refuses(CertificateFault.BAD_KEY, crt, TestAuthority.pem("RSA PRIVATE KEY", broken.getEncoded()));
    }

    @Test
    void refusesRsaOfLessThan2048Bits() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        KeyPair weak = generator.generateKeyPair();
        byte[] crt = AUTHORITY.leaf(weak, new X500Name("CN=a"), Duration.ofDays(-1), Duration.ofDays(1), List.of());
        refuses(CertificateFault.UNSUPPORTED_KEY, crt, pem(weak));
    }

    @Test
    void theCommonNameCountsOnlyWithoutAlternativeNames() {
        KeyPair pair = AUTHORITY.key(KeyType.ECDSA_P256);
        X500Name subject = new X500Name("CN=common.example,O=x");
        byte[] without = AUTHORITY.leaf(pair, subject, Duration.ofDays(-1), Duration.ofDays(1), List.of());
        assertEquals(List.of("common.example"), parse(without).names().names());
        byte[] with = AUTHORITY.leaf(
                pair,
                subject,
                Duration.ofDays(-1),
                Duration.ofDays(1),
                List.of(
                        new GeneralName(GeneralName.dNSName, "a.example"),
                        new GeneralName(GeneralName.iPAddress, "10.0.0.1"),
                        new GeneralName(GeneralName.dNSName, "bad name\n")));
        assertEquals(List.of("a.example"), parse(with).names().names());
        byte[] address = AUTHORITY.leaf(
                pair,
                subject,
                Duration.ofDays(-1),
                Duration.ofDays(1),
                List.of(new GeneralName(GeneralName.iPAddress, "10.0.0.1")));
        assertEquals(List.of(), parse(address).names().names());
    }

    private static ServerCertificate parse(byte[] crt) {
        return TestAuthority.usable(ServerCertificate.parse(crt, AUTHORITY.keyPem(KeyType.ECDSA_P256)));
    }

    @Test
    void warnsOfExpiryAndOfOtherHosts() {
        KeyPair pair = AUTHORITY.key(KeyType.ECDSA_P256);
        ServerCertificate old = parse(AUTHORITY.leaf(
                pair,
                new X500Name("CN=a"),
                Duration.ofDays(-2),
                Duration.ofDays(-1),
                TestAuthority.names("a.example", "*.w.example")));
        Set<HostMatch> covered = Set.of(
                HostMatch.parse("a.example"),
                HostMatch.parse("x.w.example"),
                HostMatch.parse("*.w.example"),
                HostMatch.ANY);
        List<String> warnings = old.warnings(covered, Instant.now());
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(warnings.getFirst().startsWith("the certificate expired at "), warnings::toString);

        Set<HostMatch> others = new HashSet<>(covered);
        others.addAll(List.of(
                HostMatch.parse("b.example"),
                HostMatch.parse("w.example"),
                HostMatch.parse("y.x.w.example"),
                HostMatch.parse("*.a.example")));
        warnings = old.warnings(others, old.notBefore().minusSeconds(1));
        assertEquals(
                "the certificate for a.example, *.w.example does not cover"
                        + " *.a.example, b.example, w.example, y.x.w.example",
                warnings.getLast());
        assertTrue(warnings.getFirst().startsWith("the certificate is valid only from "), warnings::toString);
        assertEquals(List.of(), old.warnings(covered, old.notBefore().plusSeconds(1)));
    }

    @Test
    void neverPrintsAKey() {
        byte[] key = AUTHORITY.keyPem(KeyType.ECDSA_P256);
        ServerCertificate certificate = parse(AUTHORITY.chain(KeyType.ECDSA_P256, "a.example"));
        String shown = certificate + " " + new ParsedCertificate.Usable(certificate) + " "
                + new TlsPlan<String>(List.of(certificate), Map.of());
        String body = new String(key, StandardCharsets.US_ASCII).split("\n", 3)[1].substring(0, 16);
        assertFalse(shown.contains(body), shown);
        assertFalse(shown.contains(Arrays.toString(certificate.pkcs8())), shown);
        assertTrue(shown.startsWith("ECDSA_P256 key for a.example, until "), shown);
    }

    /** Whatever is changed in a Secret, the answer is a value, and what it says quotes nothing. */
    @Test
    void survivesAnyChangeOfItsInput() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] crt = AUTHORITY.chain(KeyType.RSA, "a.example");
        byte[] key = AUTHORITY.keyPem(KeyType.RSA);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            boolean der = random.nextBoolean();
            byte[] changedCrt = i % 2 == 0 ? change(crt, random, der) : crt;
            byte[] changedKey = i % 2 == 1 ? change(key, random, der) : key;
            try {
                ParsedCertificate parsed = ServerCertificate.parse(changedCrt, changedKey);
                refused += parsed instanceof ParsedCertificate.Refused ? 1 : 0;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", step " + i, e);
            }
        }
        assertTrue(refused > 500, "refused " + refused + " of 2000 with seed " + seed);
    }

    /** Changes some bytes of the text, or of what it encodes. */
    private static byte[] change(byte[] pem, SplittableRandom random, boolean encoded) {
        byte[] changed = pem.clone();
        if (encoded) {
            Pem.Block block = Pem.read(pem, "a test", CertificateFault.BAD_KEY).getFirst();
            changed = block.der().clone();
        }
        int changes = random.nextInt(1, 4);
        for (int i = 0; i < changes; i++) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        }
        if (random.nextInt(4) == 0) {
            changed = Arrays.copyOf(changed, random.nextInt(changed.length));
        }
        String label = new String(pem, 11, pem.length - 11, StandardCharsets.US_ASCII).replaceAll("(?s)-----.*", "");
        return encoded
                ? bytes("-----BEGIN " + label + "-----\n" + Base64.getEncoder().encodeToString(changed) + "\n-----END "
                        + label + "-----\n")
                : changed;
    }

    @Test
    void theDefaultCertificateIsForTenYears() {
        Instant now = Instant.now();
        ServerCertificate certificate = DefaultCertificate.generate(now);
        assertEquals(List.of("ingress.local"), certificate.names().names());
        assertEquals(KeyType.ECDSA_P256, certificate.keyType());
        assertEquals(List.of(), certificate.warnings(Set.of(), now.minus(Duration.ofDays(1))));
        assertEquals(List.of(), certificate.warnings(Set.of(), now.plus(Duration.ofDays(3649))));
    }
}

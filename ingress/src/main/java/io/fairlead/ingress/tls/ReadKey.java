package io.fairlead.ingress.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.jspecify.annotations.Nullable;

/**
 * A private key of {@code tls.key}: PKCS #8 (RFC 5958), PKCS #1 (RFC 8017, appendix A.1.2) or SEC 1 (RFC 5915).
 *
 * <p>Immutable.
 */
final class ReadKey {

    private static final int RSA_BITS_MIN = 2048;
    private static final int RSA_BITS_MAX = 8192;

    private final KeyType type;
    private final byte[] pkcs8;
    private final byte[] publicKey;

    /** @param publicKey the bits of the public key */
    private ReadKey(KeyType type, byte[] pkcs8, byte[] publicKey) {
        this.type = type;
        this.pkcs8 = pkcs8;
        this.publicKey = publicKey;
    }

    /** @throws Refusal if there is no key that can be served with */
    static ReadKey of(byte[] pem) {
        List<Pem.Block> blocks = Pem.read(pem, "tls.key", CertificateFault.BAD_KEY);
        try {
            List<Pem.Block> keys = blocks.stream()
                    .filter(block -> block.label().endsWith("PRIVATE KEY"))
                    .toList();
            if (keys.size() != 1) {
                throw keys.isEmpty()
                        ? new Refusal(CertificateFault.NO_KEY, "tls.key holds no private key in PEM")
                        : new Refusal(CertificateFault.BAD_KEY, "tls.key holds several private keys");
            }
            return of(keys.getFirst());
        } finally {
            blocks.forEach(Pem.Block::wipe);
        }
    }

    private static ReadKey of(Pem.Block block) {
        if (block.encrypted() || block.label().equals("ENCRYPTED PRIVATE KEY")) {
            throw new Refusal(
                    CertificateFault.ENCRYPTED_KEY,
                    "tls.key is encrypted; put it into the Secret without a passphrase");
        }
        try {
            PrivateKeyInfo info = switch (block.label()) {
                case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(block.der());
                case "RSA PRIVATE KEY" ->
                    new PrivateKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption),
                            RSAPrivateKey.getInstance(block.der()));
                case "EC PRIVATE KEY" -> ofSec1(ECPrivateKey.getInstance(block.der()));
                default -> throw unsupported();
            };
            return of(info);
        } catch (Refusal e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Bouncy Castle throws whatever its casts and lists throw at what is malformed.
            throw new Refusal(CertificateFault.BAD_KEY, "the private key in tls.key is malformed");
        }
    }

    private static PrivateKeyInfo ofSec1(ECPrivateKey key) throws IOException {
        ASN1Encodable curve = key.getParametersObject();
        if (curve == null) {
            throw new Refusal(CertificateFault.BAD_KEY, "the private key in tls.key names no curve");
        }
        return new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), key);
    }

    private static ReadKey of(PrivateKeyInfo info) throws IOException {
        ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return new ReadKey(KeyType.RSA, info.getEncoded(), rsa(RSAPrivateKey.getInstance(info.parsePrivateKey())));
        }
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            byte[] seed = ASN1OctetString.getInstance(info.parsePrivateKey())
                    .getOctets()
                    .clone();
            byte[] bits =
                    new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
            Arrays.fill(seed, (byte) 0);
            return new ReadKey(KeyType.ED25519, info.getEncoded(), bits);
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            ASN1Encodable curve = info.getPrivateKeyAlgorithm().getParameters();
            KeyType type = SECObjectIdentifiers.secp256r1.equals(curve)
                    ? KeyType.ECDSA_P256
                    : SECObjectIdentifiers.secp384r1.equals(curve) ? KeyType.ECDSA_P384 : null;
            if (type != null) {
                return new ReadKey(
                        type, info.getEncoded(), ec(curve, ECPrivateKey.getInstance(info.parsePrivateKey())));
            }
        }
        throw unsupported();
    }

    /** Checks that the numbers belong together: a handshake must not be the first to find that they do not. */
    private static byte[] rsa(RSAPrivateKey key) throws IOException {
        BigInteger modulus = key.getModulus();
        int bits = modulus.bitLength();
        if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
            throw new Refusal(
                    CertificateFault.UNSUPPORTED_KEY,
                    "the RSA key has " + bits + " bits; " + RSA_BITS_MIN + " to " + RSA_BITS_MAX + " are served");
        }
        BigInteger p = key.getPrime1();
        BigInteger q = key.getPrime2();
        boolean whole = p.signum() > 0
                && q.signum() > 0
                && p.multiply(q).equals(modulus)
                && isInverse(key.getPublicExponent(), key.getExponent1(), p.subtract(BigInteger.ONE))
                && isInverse(key.getPublicExponent(), key.getExponent2(), q.subtract(BigInteger.ONE))
                && isInverse(q, key.getCoefficient(), p);
        if (!whole) {
            throw new Refusal(CertificateFault.BAD_KEY, "the numbers of the RSA key in tls.key contradict each other");
        }
        return new RSAPublicKey(modulus, key.getPublicExponent()).getEncoded();
    }

    private static boolean isInverse(BigInteger number, BigInteger inverse, BigInteger modulus) {
        return number.multiply(inverse).mod(modulus).equals(BigInteger.ONE);
    }

    private static byte[] ec(ASN1Encodable curve, ECPrivateKey key) {
        X9ECParameters parameters = CustomNamedCurves.getByOID((ASN1ObjectIdentifier) curve);
        BigInteger number = key.getKey();
        if (number.signum() <= 0 || number.compareTo(parameters.getN()) >= 0) {
            throw new Refusal(CertificateFault.BAD_KEY, "the private key in tls.key is not one of its curve");
        }
        ASN1BitString said = key.getPublicKey();
        if (said != null
                && said.getOctets().length == 1 + 2 * ((parameters.getCurve().getFieldSize() + 7) / 8)) {
            // Computing it takes longer than all the rest; BoringSSL does, when the first client comes.
            return said.getOctets();
        }
        return parameters.getG().multiply(number).normalize().getEncoded(false);
    }

    KeyType type() {
        return type;
    }

    /** The key, in one form for all readers. */
    byte[] pkcs8() {
        return pkcs8;
    }

    /** Whether a certificate is for this key. */
    boolean fits(SubjectPublicKeyInfo certified) {
        return algorithmFits(certified.getAlgorithm())
                && Arrays.equals(publicKey, certified.getPublicKeyData().getOctets());
    }

    private boolean algorithmFits(AlgorithmIdentifier certified) {
        ASN1ObjectIdentifier algorithm = certified.getAlgorithm();
        @Nullable ASN1Encodable parameters = certified.getParameters();
        return switch (type) {
            case RSA -> algorithm.equals(PKCSObjectIdentifiers.rsaEncryption);
            case ED25519 -> algorithm.equals(EdECObjectIdentifiers.id_Ed25519);
            case ECDSA_P256 ->
                algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)
                        && SECObjectIdentifiers.secp256r1.equals(parameters);
            case ECDSA_P384 ->
                algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)
                        && SECObjectIdentifiers.secp384r1.equals(parameters);
        };
    }

    private static Refusal unsupported() {
        return new Refusal(
                CertificateFault.UNSUPPORTED_KEY,
                "the private key in tls.key is none of RSA, EC with P-256 or P-384, and Ed25519");
    }

    @Override
    public String toString() {
        return type + " key";
    }
}

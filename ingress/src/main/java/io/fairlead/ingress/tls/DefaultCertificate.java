package io.fairlead.ingress.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes the certificate for names that have none, if the operator gives none: signed by itself, so that clients who
 * check are refused by themselves and all others get an encrypted connection.
 *
 * <p>Immutable: it has no state.
 */
public final class DefaultCertificate {

    private static final String NAME = "ingress.local";
    private static final int DAYS_VALID = 3650;
    /** Clocks of clients differ. */
    private static final int DAYS_BEFORE = 2;

    private DefaultCertificate() {}

    /** A new P-256 key and a certificate for {@code ingress.local}, valid for ten years. */
    public static ServerCertificate generate(Instant now) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            X500Name name = new X500Name("CN=" + NAME);
            byte[] certificate = new JcaX509v3CertificateBuilder(
                            name,
                            new BigInteger(Long.SIZE, new SecureRandom()).add(BigInteger.ONE),
                            Date.from(now.minus(DAYS_BEFORE, ChronoUnit.DAYS)),
                            Date.from(now.plus(DAYS_VALID, ChronoUnit.DAYS)),
                            name,
                            pair.getPublic())
                    .addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(new GeneralName(GeneralName.dNSName, NAME)))
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                    .getEncoded();
            byte[] crt = Pem.write("CERTIFICATE", List.of(certificate));
            byte[] key = Pem.write("PRIVATE KEY", List.of(pair.getPrivate().getEncoded()));
            return switch (ServerCertificate.parse(crt, key)) {
                case ParsedCertificate.Usable usable -> usable.certificate();
                case ParsedCertificate.Refused refused -> throw new IllegalStateException(refused.reason());
            };
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("making the default certificate", e);
        }
    }
}

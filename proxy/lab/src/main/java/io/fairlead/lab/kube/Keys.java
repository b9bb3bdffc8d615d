package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The pair of keys with which an API server signs service account tokens and checks them.
 *
 * <p>Immutable.
 */
record Keys(Path signing, Path checking) {

    private static final int BITS = 2048;

    /** Makes a pair of files (PKCS #8 and X.509 in PEM, RFC 7468). */
    static Keys create(Path folder) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            KeyPair pair = generator.generateKeyPair();
            Path signing = folder.resolve("service-account.key");
            Path checking = folder.resolve("service-account.pub");
            Files.writeString(signing, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            Files.writeString(checking, pem("PUBLIC KEY", pair.getPublic().getEncoded()));
            return new Keys(signing, checking);
        } catch (NoSuchAlgorithmException | IOException e) {
            throw new LabException("cannot make keys in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** As files of OpenSSL and of Kubernetes have it. */
    static String pem(String label, byte[] bytes) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
    }
}

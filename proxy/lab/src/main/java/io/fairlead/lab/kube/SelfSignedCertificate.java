package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate that is its own authority, with its key. Made by the JDK's keytool.
 *
 * <p>Immutable.
 */
public record SelfSignedCertificate(Path certificate, Path key) {

    private static final String PASSWORD = "not-a-secret";
    private static final String ALIAS = "server";

    /**
     * Makes the pair of files (X.509 and PKCS #8 in PEM, RFC 7468).
     *
     * @param name of the files
     * @param subject a distinguished name, such as {@code CN=kube-apiserver}
     * @param others names besides (RFC 5280 section 4.2.1.6) in keytool's words, such as {@code ip:127.0.0.1}
     */
    public static SelfSignedCertificate create(Path folder, String name, String subject, List<String> others) {
        Path store = folder.resolve(name + ".p12");
        try {
            generate(store, subject, others);
            return export(store, folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
        } catch (IOException | GeneralSecurityException e) {
            throw new LabException("cannot make a certificate in " + folder + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while a certificate was made", e);
        }
    }

    private static void generate(Path store, String subject, List<String> others)
            throws IOException, InterruptedException {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        List<String> key = List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2");
        List<String> words = new ArrayList<>(List.of(keytool.toString(), "-genkeypair", "-alias", ALIAS));
        words.addAll(key);
        words.addAll(List.of("-dname", subject));
        if (!others.isEmpty()) {
            words.addAll(List.of("-ext", "san=" + String.join(",", others)));
        }
        words.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new LabException("keytool: " + output);
        }
    }

    private static SelfSignedCertificate export(Path store, Path certificate, Path key)
            throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Files.writeString(
                certificate, Keys.pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
        Files.writeString(
                key,
                Keys.pem(
                        "PRIVATE KEY",
                        keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
        return new SelfSignedCertificate(certificate, key);
    }
}

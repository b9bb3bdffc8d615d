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
import java.util.stream.Collectors;

/**
 * The certificate with which all API servers of a lab prove who they are; it is its own authority. Made by the JDK's
 * keytool.
 *
 * <p>Immutable.
 */
public record ServingCertificate(Path certificate, Path key) {

    private static final String PASSWORD = "not-a-secret";
    private static final String ALIAS = "server";

    /** Makes the pair of files (X.509 and PKCS #8 in PEM, RFC 7468) for these addresses. */
    public static ServingCertificate create(Path folder, List<String> addresses) {
        Path store = folder.resolve("serving.p12");
        try {
            generate(store, addresses);
            return export(store, folder);
        } catch (IOException | GeneralSecurityException e) {
            throw new LabException("cannot make a certificate in " + folder + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while a certificate was made", e);
        }
    }

    private static void generate(Path store, List<String> addresses) throws IOException, InterruptedException {
        String names = addresses.stream().map(address -> "ip:" + address).collect(Collectors.joining(","));
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        List<String> key = List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2");
        List<String> words = new ArrayList<>(List.of(keytool.toString(), "-genkeypair", "-alias", ALIAS));
        words.addAll(key);
        words.addAll(List.of("-dname", "CN=kube-apiserver", "-ext", "san=" + names));
        words.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new LabException("keytool: " + output);
        }
    }

    private static ServingCertificate export(Path store, Path folder) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path certificate = folder.resolve("serving.crt");
        Path key = folder.resolve("serving.key");
        Files.writeString(
                certificate, Keys.pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
        Files.writeString(
                key,
                Keys.pem(
                        "PRIVATE KEY",
                        keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
        return new ServingCertificate(certificate, key);
    }
}

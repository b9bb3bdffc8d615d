package io.fairlead.lab.demo;

import io.fairlead.lab.run.LabException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * A certificate that signs itself, as its Secret has it and as clients see it. Made by OpenSSL, which needs less time than
 * the start of a JVM for the JDK's own tool.
 *
 * <p>Immutable.
 *
 * @param yaml the Secret
 */
record ShopCertificate(X509Certificate certificate, String yaml) {

    /** Made anew for a host, as {@code NAME.crt} and {@code NAME.key} (X.509 and PKCS #8 in PEM, RFC 7468). */
    static ShopCertificate create(Path folder, String name, String host, String secret) {
        Path certificate = folder.resolve(name + ".crt");
        Path key = folder.resolve(name + ".key");
        List<String> kind = List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2");
        List<String> names = List.of("-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + host);
        List<String> files = List.of("-keyout", key.toString(), "-out", certificate.toString());
        try {
            ProcessBuilder openssl = new ProcessBuilder("openssl", "req", "-x509");
            List.of(kind, names, files).forEach(openssl.command()::addAll);
            run(openssl.redirectErrorStream(true).start());
            byte[] pem = Files.readAllBytes(certificate);
            X509Certificate parsed = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
            return new ShopCertificate(parsed, yaml(secret, pem, Files.readAllBytes(key)));
        } catch (IOException | CertificateException e) {
            throw new LabException("cannot make " + certificate + ": " + e.getMessage(), e);
        }
    }

    private static void run(Process openssl) throws IOException {
        String output = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (openssl.onExit().join().exitValue() != 0) {
            throw new IOException("openssl: " + output);
        }
    }

    private static String yaml(String secret, byte[] certificate, byte[] key) {
        Base64.Encoder base64 = Base64.getEncoder();
        return """
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: default}
                type: kubernetes.io/tls
                data:
                  tls.crt: %s
                  tls.key: %s
                """.formatted(secret, base64.encodeToString(certificate), base64.encodeToString(key));
    }
}

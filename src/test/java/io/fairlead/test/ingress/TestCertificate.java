package io.fairlead.test.ingress;

import io.fairlead.test.program.Fairlead;
import io.fairlead.test.program.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A certificate of OpenSSL that signs itself, and its key, both PEM.
 *
 * <p>Immutable.
 *
 * @param label its common name, by which one of several for a host is told from the others
 */
record TestCertificate(String label, String certificate, String key) {

    /** For one host. */
    static TestCertificate of(String label, String host) {
        try {
            Path folder = Files.createTempDirectory("fairlead-certificate-");
            Path certificate = folder.resolve("tls.crt");
            Path key = folder.resolve("tls.key");
            Program.Ended made = Fairlead.end(Program.start(List.of(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=" + label,
                    "-addext",
                    "subjectAltName=DNS:" + host,
                    "-keyout",
                    key.toString(),
                    "-out",
                    certificate.toString())));
            if (made.exitCode() != 0) {
                throw new AssertionError(made);
            }
            TestCertificate all = new TestCertificate(label, Files.readString(certificate), Files.readString(key));
            Files.delete(certificate);
            Files.delete(key);
            Files.delete(folder);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

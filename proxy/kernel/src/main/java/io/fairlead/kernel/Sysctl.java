package io.fairlead.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * One kernel parameter under {@code /proc/sys} (proc_sys(5)).
 *
 * <p>Those of {@code net/} exist once per network namespace; the kernel takes the namespace of the thread that opens
 * the file, so call inside {@code NetNs.run} to reach another one.
 *
 * <p>Immutable.
 *
 * @param path below {@code /proc/sys}, with slashes: names of links may contain dots,
 *     {@code net/ipv4/conf/eth0.100/rp_filter}
 */
public record Sysctl(String path) {

    /**
     * What reading or writing gave. A parameter that this kernel lacks or does not let us touch is an ordinary
     * answer: many are missing in older kernels and read-only in containers.
     */
    public sealed interface Outcome {}

    /**
     * The value in force, without surrounding blanks.
     *
     * <p>Immutable.
     */
    public record Value(String text) implements Outcome {
        /** @throws NumberFormatException if it is not one decimal number */
        public long number() {
            return Long.parseLong(text);
        }
    }

    /**
     * This kernel does not have it (ENOENT).
     *
     * <p>Immutable.
     */
    public record Missing() implements Outcome {}

    /**
     * It exists, but the kernel refused: EACCES, EPERM, EROFS, or EINVAL for a bad value.
     *
     * <p>Immutable.
     */
    public record Refused(String reason) implements Outcome {}

    /** A page: the kernel gives no more at once. */
    private static final int TEXT_BYTES_MAX = 4096;

    private static final Path ROOT = Path.of("/proc/sys");

    public Sysctl {
        boolean plain = Arrays.stream(path.split("/", -1))
                .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
        if (!plain || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + path + "' is not the path of a sysctl");
        }
    }

    /** Reads the value; never throws for what the kernel answers. */
    public Outcome read() {
        // In one read: at any offset but 0 the kernel says that a number has ended (proc_dointvec), and the JDK's ways
        // to
        // read all of a file of size 0 begin with a single byte.
        byte[] text = new byte[TEXT_BYTES_MAX];
        try (InputStream file = Files.newInputStream(file())) {
            int length = file.read(text);
            return new Value(new String(text, 0, Math.max(length, 0), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return refusal(e);
        }
    }

    /** Writes a value; never throws for what the kernel answers. The outcome's value is what was written. */
    public Outcome write(String value) {
        try {
            // Without the default options, which would try to create and to truncate.
            Files.writeString(file(), value, StandardOpenOption.WRITE);
            return new Value(value);
        } catch (IOException e) {
            return refusal(e);
        }
    }

    /** Writes a number, see {@link #write(String)}. */
    public Outcome write(long value) {
        return write(Long.toString(value));
    }

    private Path file() {
        return ROOT.resolve(path);
    }

    private static Outcome refusal(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return new Missing();
        }
        String reason = failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
        return new Refused(reason == null ? failure.getClass().getSimpleName() : reason);
    }
}

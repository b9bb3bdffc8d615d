package io.fairlead.runtime.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Asks the programs that run on this machine, over {@code <run-dir>/<program>.sock}.
 *
 * <p>Thread-safe.
 */
public final class LocalApiClient {

    private static final int LINE_BYTES_MAX = 1024;
    private static final int LINES_MAX = 32;
    private static final int MESSAGE_BYTES_MAX = 64 * 1024;
    private static final String LENGTH = "content-length: ";
    private static final String EXIT_CODE = HttpReply.EXIT_CODE.toLowerCase(Locale.ROOT) + ": ";

    private final Path runDir;
    private final Duration timeout;
    private final long bodyBytesMax;

    /**
     * @param runDir the folder of the sockets
     * @param timeout for the whole answer
     * @param bodyBytesMax longest page that is taken
     */
    public LocalApiClient(Path runDir, Duration timeout, long bodyBytesMax) {
        this.runDir = runDir;
        this.timeout = timeout;
        this.bodyBytesMax = bodyBytesMax;
    }

    /**
     * Asks for a page and copies it.
     *
     * @param program for example {@code proxy}
     * @param path for example {@code /services}
     * @param page gets the bytes of the page as they arrive, flushed now and then, and nothing unless the program
     *     delivers
     */
    public LocalAnswer ask(String program, String path, Map<String, String> parameters, OutputStream page) {
        Path socket = runDir.resolve(program + ".sock");
        if (!Files.exists(socket)) {
            return new LocalAnswer.NotRunning(
                    "fairlead " + program + " is not running here: there is no " + socket + " (see --run-dir)");
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Deadline _ = Deadline.closing(channel, timeout)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (AsynchronousCloseException e) {
                throw e;
            } catch (IOException e) {
                return unreachable(program, socket, e);
            }
            send(channel, path, parameters);
            return receive(new BufferedInputStream(Channels.newInputStream(channel)), page);
        } catch (ClosedChannelException e) {
            return failed(program, socket, "no answer within " + timeout.toMillis() + " ms");
        } catch (IOException e) {
            return failed(program, socket, String.valueOf(e.getMessage()));
        }
    }

    /** ECONNREFUSED: the process is dead and its socket was left behind. */
    private static LocalAnswer unreachable(String program, Path socket, IOException cause) {
        String reason = String.valueOf(cause.getMessage());
        return reason.contains("refused")
                ? new LocalAnswer.NotRunning("fairlead " + program + " is not running: nobody answers on " + socket)
                : failed(program, socket, reason + "; run this as the user that runs the program");
    }

    private static LocalAnswer failed(String program, Path socket, String reason) {
        return new LocalAnswer.Failed("cannot ask fairlead " + program + " on " + socket + ": " + reason);
    }

    private static void send(SocketChannel channel, String path, Map<String, String> parameters) throws IOException {
        StringBuilder target = new StringBuilder(path);
        char separator = '?';
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            target.append(separator).append(encoded(parameter.getKey()));
            target.append('=').append(encoded(parameter.getValue()));
            separator = '&';
        }
        ByteBuffer request =
                ByteBuffer.wrap(ReplyStream.ascii("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        while (request.hasRemaining()) {
            channel.write(request);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private LocalAnswer receive(InputStream in, OutputStream page) throws IOException {
        String statusLine = line(in);
        if (!statusLine.matches("HTTP/1\\.1 \\d{3}( .*)?")) {
            throw new IOException("this is no answer of Fairlead");
        }
        int status = Integer.parseInt(statusLine.substring(9, 12));
        long length = -1;
        boolean chunked = false;
        int exitCode = 0;
        int lines = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String field = line.toLowerCase(Locale.ROOT);
            chunked |= field.equals("transfer-encoding: chunked");
            length = field.startsWith(LENGTH) ? number(field.substring(LENGTH.length()), 10) : length;
            exitCode = field.startsWith(EXIT_CODE) ? (int) number(field.substring(EXIT_CODE.length()), 10) : exitCode;
            if (++lines > LINES_MAX) {
                throw new IOException("the head of the answer is too long");
            }
        }
        boolean delivered = status == 200;
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        OutputStream target = delivered ? page : message;
        long bytesMax = delivered ? bodyBytesMax : MESSAGE_BYTES_MAX;
        if (chunked) {
            copyChunks(in, target, bytesMax);
        } else {
            copy(in, target, length, bytesMax);
        }
        return delivered
                ? new LocalAnswer.Delivered(exitCode)
                : new LocalAnswer.Refused(
                        status, message.toString(StandardCharsets.UTF_8).strip());
    }

    private static void copyChunks(InputStream in, OutputStream out, long bytesMax) throws IOException {
        long left = bytesMax;
        for (long size = number(line(in), 16); size > 0; size = number(line(in), 16)) {
            copy(in, out, size, left);
            out.flush();
            left -= size;
            if (!line(in).isEmpty()) {
                throw new IOException("the answer is garbled");
            }
        }
    }

    private static void copy(InputStream in, OutputStream out, long length, long bytesMax) throws IOException {
        if (length < 0 || length > bytesMax) {
            throw new IOException("the answer is too long");
        }
        byte[] buffer = new byte[16 * 1024];
        for (long left = length; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException("the answer was cut off");
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }

    private static long number(String text, int radix) throws IOException {
        if (!text.matches("[0-9a-fA-F]{1,15}")) {
            throw new IOException("the answer is garbled");
        }
        return Long.parseLong(text, radix);
    }

    /** A line without its end CR LF. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the answer was cut off");
            }
            if (line.length() == LINE_BYTES_MAX) {
                throw new IOException("the answer is garbled");
            }
            line.append((char) b);
        }
        boolean ended = line.length() > 0 && line.charAt(line.length() - 1) == '\r';
        return ended ? line.substring(0, line.length() - 1) : line.toString();
    }
}

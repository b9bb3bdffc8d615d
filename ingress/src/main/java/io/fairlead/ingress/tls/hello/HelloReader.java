package io.fairlead.ingress.tls.hello;

import io.fairlead.ingress.route.request.RequestHost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a whole message. Every vector must be exactly as long as its parts, down to the end of the message.
 *
 * <p>Confined to the connection's event loop.
 */
final class HelloReader {

    private static final int RANDOM_BYTES = 32;
    private static final int SESSION_ID_MAX = 32;
    /** Browsers send about twenty. */
    private static final int EXTENSIONS_MAX = 100;

    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int HOST_NAME = 0;

    private final byte[] message;
    private int at;
    private HelloFault fault = HelloFault.MALFORMED;
    private byte[] serverName = new byte[0];
    private final List<String> protocols = new ArrayList<>();

    HelloReader(byte[] message) {
        this.message = message;
    }

    HelloScan read() {
        return readMessage()
                ? new HelloScan.Complete(new ClientHello(serverName, List.copyOf(protocols)))
                : new HelloScan.Refused(fault);
    }

    private boolean readMessage() {
        int end = message.length;
        if (end < 2 + RANDOM_BYTES || message[0] != 3) {
            return false;
        }
        at = 2 + RANDOM_BYTES;
        int session = vector(1, end);
        if (session < 0 || session - at > SESSION_ID_MAX) {
            return false;
        }
        at = session;
        int ciphers = vector(2, end);
        if (ciphers < 0 || ciphers == at || (ciphers - at) % 2 != 0) {
            return false;
        }
        at = ciphers;
        int compression = vector(1, end);
        if (compression < 0 || compression == at) {
            return false;
        }
        at = compression;
        return at == end || vector(2, end) == end && readExtensions(end);
    }

    private boolean readExtensions(int end) {
        int[] seen = new int[EXTENSIONS_MAX];
        for (int count = 0; at < end; count++) {
            if (count == EXTENSIONS_MAX || end - at < 4) {
                return false;
            }
            int type = unsignedShort(at);
            for (int i = 0; i < count; i++) {
                if (seen[i] == type) {
                    return refuse(HelloFault.REPEATED_EXTENSION);
                }
            }
            seen[count] = type;
            at += 2;
            int extension = vector(2, end);
            if (extension < 0 || !readExtension(type, extension)) {
                return false;
            }
            at = extension;
        }
        return true;
    }

    private boolean readExtension(int type, int end) {
        return switch (type) {
            case SERVER_NAME -> readServerName(end);
            case ALPN -> readProtocols(end);
            default -> true;
        };
    }

    /** RFC 6066, section 3: a list, in which there is but one type of name and that at most once. */
    private boolean readServerName(int end) {
        if (vector(2, end) != end || at == end || message[at++] != HOST_NAME || vector(2, end) != end) {
            return false;
        }
        int nameEnd = RequestHost.nameEnd(message, at, end);
        for (int i = at; i < end; i++) {
            if (message[i] == ':') {
                nameEnd = RequestHost.REFUSED;
            }
        }
        if (nameEnd == RequestHost.REFUSED || nameEnd == at) {
            return refuse(HelloFault.BAD_NAME);
        }
        byte[] name = new byte[nameEnd - at];
        for (int i = 0; i < name.length; i++) {
            byte b = message[at + i];
            name[i] = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
        }
        serverName = name;
        return true;
    }

    /** RFC 7301, section 3.1: a list of names of 1 to 255 bytes, which is not empty. */
    private boolean readProtocols(int end) {
        if (vector(2, end) != end || at == end) {
            return false;
        }
        while (at < end) {
            int protocol = vector(1, end);
            if (protocol < 0 || protocol == at) {
                return false;
            }
            protocols.add(new String(message, at, protocol - at, StandardCharsets.ISO_8859_1));
            at = protocol;
        }
        return true;
    }

    /** Goes behind a length of so many bytes. Returns the end of what it is the length of; negative if there is less. */
    private int vector(int lengthBytes, int end) {
        if (end - at < lengthBytes) {
            return -1;
        }
        int length = lengthBytes == 1 ? message[at] & 0xff : unsignedShort(at);
        at += lengthBytes;
        return length > end - at ? -1 : at + length;
    }

    private int unsignedShort(int from) {
        return (message[from] & 0xff) << Byte.SIZE | message[from + 1] & 0xff;
    }

    private boolean refuse(HelloFault reason) {
        fault = reason;
        return false;
    }
}

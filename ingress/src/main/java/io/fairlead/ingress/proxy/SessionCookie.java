package io.fairlead.ingress.proxy;

import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.KnownField;
import io.fairlead.ingress.route.policy.StickySession;
import io.fairlead.ingress.upstream.Backend;
import io.fairlead.ingress.upstream.Sessions;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cookie that binds clients of a route to endpoints (RFC 6265), prepared.
 *
 * <p>Immutable.
 */
final class SessionCookie {

    private final byte[] name;
    private final byte[] begin;
    private final byte[] end;
    private final byte[] endOverTls;

    SessionCookie(StickySession.Cookie cookie) {
        name = bytes(cookie.name());
        begin = bytes("Set-Cookie: " + cookie.name() + "=");
        StringBuilder attributes = new StringBuilder("; Path=").append(cookie.path());
        if (cookie.maxAgeSeconds() > 0) {
            attributes.append("; Max-Age=").append(cookie.maxAgeSeconds());
        }
        attributes.append("; HttpOnly");
        switch (cookie.sameSite()) {
            case UNSET -> {}
            case LAX -> attributes.append("; SameSite=Lax");
            case STRICT -> attributes.append("; SameSite=Strict");
            case NONE -> attributes.append("; SameSite=None");
        }
        end = bytes(attributes + (cookie.secure() ? "; Secure" : "") + "\r\n");
        endOverTls = bytes(attributes + "; Secure\r\n");
    }

    /** The cookie's path is one of URIs: ASCII. */
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Hot path: the session that a request belongs to; null if to none. */
    Sessions.@Nullable Session find(HeadFields fields, Sessions sessions) {
        if (!fields.contains(KnownField.COOKIE)) {
            return null;
        }
        for (int i = 0; i < fields.count(); i++) {
            if (fields.known(i) == KnownField.COOKIE) {
                Sessions.Session found = find(fields.text(), fields.valueFrom(i), fields.valueTo(i), sessions);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** RFC 6265 section 4.2.1: pairs with a semicolon and a space in between. */
    private Sessions.@Nullable Session find(byte[] text, int from, int to, Sessions sessions) {
        int at = from;
        while (at < to) {
            int pairTo = at;
            while (pairTo < to && text[pairTo] != ';') {
                pairTo++;
            }
            int valueFrom = at + name.length + 1;
            if (valueFrom <= pairTo
                    && text[valueFrom - 1] == '='
                    && Arrays.equals(text, at, valueFrom - 1, name, 0, name.length)) {
                Sessions.Session found = sessions.find(text, valueFrom, pairTo);
                if (found != null) {
                    return found;
                }
            }
            at = pairTo + 1;
            while (at < to && text[at] == ' ') {
                at++;
            }
        }
        return null;
    }

    /** Hot path: writes the line that binds a client, unless the endpoint left meanwhile. */
    void write(ByteBuf out, Sessions sessions, Backend backend, boolean overTls) {
        byte[] value = sessions.cookie(backend);
        if (value != null) {
            out.writeBytes(begin).writeBytes(value).writeBytes(overTls ? endOverTls : end);
        }
    }
}

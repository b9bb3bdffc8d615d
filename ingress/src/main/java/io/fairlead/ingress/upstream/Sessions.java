package io.fairlead.ingress.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint of a group a session cookie stands for.
 *
 * <p>Immutable. Hot path: {@link #find} and {@link #cookie} allocate nothing.
 */
public final class Sessions {

    static final Sessions NONE = new Sessions(Map.of());

    private final Session[] sessions;
    /** The first halves of their tokens, ascending. */
    private final long[] highs;

    private final IdentityHashMap<Backend, byte[]> cookies = new IdentityHashMap<>();

    /**
     * What a cookie stands for.
     *
     * <p>Immutable.
     */
    public static final class Session {

        private final SessionToken token;
        private final Backend backend;
        private final boolean newest;

        private Session(SessionToken token, Backend backend, boolean newest) {
            this.token = token;
            this.backend = backend;
            this.newest = newest;
        }

        public Backend backend() {
            return backend;
        }

        /** Whether the cookie is signed with the newest key. */
        public boolean isNewest() {
            return newest;
        }
    }

    /** @param tokens of each endpoint, the newest first */
    Sessions(Map<Backend, List<SessionToken>> tokens) {
        Map<SessionToken, Session> all = new HashMap<>();
        tokens.forEach((backend, each) -> {
            for (int i = 0; i < each.size(); i++) {
                all.put(each.get(i), new Session(each.get(i), backend, i == 0));
            }
            cookies.put(backend, each.getFirst().text().getBytes(StandardCharsets.US_ASCII));
        });
        sessions = all.values().toArray(Session[]::new);
        Arrays.sort(sessions, Comparator.comparingLong(session -> session.token.high()));
        highs = Arrays.stream(sessions)
                .mapToLong(session -> session.token.high())
                .toArray();
    }

    /** Hot path: what a cookie's value stands for; null if for none of these endpoints. */
    public @Nullable Session find(byte[] text, int from, int to) {
        if (to - from != SessionToken.DIGITS || !SessionToken.areDigits(text, from, to)) {
            return null;
        }
        int found = Arrays.binarySearch(highs, SessionToken.number(text, from));
        if (found < 0) {
            return null;
        }
        long low = SessionToken.number(text, from + SessionToken.DIGITS / 2);
        return sessions[found].token.low() == low ? sessions[found] : null;
    }

    /** Hot path: the value of a cookie that stands for an endpoint; null if that left. Not to be written to. */
    public byte @Nullable [] cookie(Backend backend) {
        return cookies.get(backend);
    }
}

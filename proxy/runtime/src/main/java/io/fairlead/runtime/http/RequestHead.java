package io.fairlead.runtime.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the head of a request asks for (RFC 9112 sections 3 and 5). Immutable. */
sealed interface RequestHead {

    /**
     * A request to answer. Immutable.
     *
     * @param path without the query
     * @param parameters the decoded query
     * @param body whether the client wants the body, which it does unless it says HEAD
     * @param chunks whether the client understands the chunked coding, as HTTP/1.1 clients do and older ones do not
     */
    record Understood(String path, Map<String, String> parameters, boolean body, boolean chunks)
            implements RequestHead {}

    /** A request to refuse. Immutable. */
    record Refused(int status, String reason) implements RequestHead {}

    /** Methods that ask without changing anything; checks of load balancers use any of the three. */
    Set<String> METHODS = Set.of("GET", "HEAD", "OPTIONS");

    /** Method, origin-form target of visible ASCII, version. */
    Pattern LINE = Pattern.compile("([A-Z]{1,32}) (/[!-~]*) HTTP/1\\.([01])");

    /** Field name (a token of RFC 9110 section 5.6.2), colon, value of visible characters and blanks. */
    Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\\x80-\\xff]*)");

    /** A host name or address without user information, perhaps with a port (RFC 9110 section 7.2). */
    Pattern HOST = Pattern.compile("([0-9a-z._-]+|\\[[0-9a-f:.]+])(:\\d{1,5})?");

    /**
     * Understands a head.
     *
     * @param head everything up to the empty line and without it, one character for each byte
     * @param hosts the hosts that may be asked for; empty allows any
     */
    static RequestHead parse(String head, Set<String> hosts) {
        List<String> lines = List.of(head.split("\r\n", -1));
        Matcher line = LINE.matcher(lines.getFirst());
        if (!line.matches()) {
            return new Refused(400, "the request line is not METHOD /path HTTP/1.1");
        }
        String host = "";
        int hostFields = 0;
        for (String field : lines.subList(1, lines.size())) {
            Matcher matcher = FIELD.matcher(field);
            if (!matcher.matches()) {
                return new Refused(400, "a header field is malformed");
            }
            if (matcher.group(1).equalsIgnoreCase("host")) {
                host = matcher.group(2).strip().toLowerCase(Locale.ROOT);
                hostFields++;
            }
        }
        boolean http11 = line.group(3).equals("1");
        if (hostFields > 1 || http11 && hostFields == 0) {
            return new Refused(400, "there must be one Host header field");
        }
        Matcher hostMatcher = HOST.matcher(host);
        boolean hostNamed = hostMatcher.matches();
        if (!hosts.isEmpty() && !(hostNamed && hosts.contains(hostMatcher.group(1)))) {
            return new Refused(421, "this host is not served here");
        }
        String method = line.group(1);
        return METHODS.contains(method)
                ? parseTarget(line.group(2), !method.equals("HEAD"), http11)
                : new Refused(405, "only GET, HEAD and OPTIONS are served here");
    }

    private static RequestHead parseTarget(String target, boolean body, boolean http11) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        Map<String, String> parameters = new HashMap<>();
        for (String pair : mark < 0 ? new String[0] : target.substring(mark + 1).split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            try {
                String before = parameters.put(
                        URLDecoder.decode(name, StandardCharsets.UTF_8),
                        URLDecoder.decode(value, StandardCharsets.UTF_8));
                if (before != null) {
                    return new Refused(400, "a query parameter is given twice");
                }
            } catch (IllegalArgumentException e) {
                return new Refused(400, "the query has a percent sign without two hexadecimal digits");
            }
        }
        return new Understood(path, parameters, body, http11);
    }
}

package io.fairlead.bench.ingress;

import java.util.List;

/**
 * What clients ask for in every comparison.
 *
 * <p>Immutable: constants and pure functions.
 */
public final class Traffic {

    /** Fields of a browser behind a login; with Host they are twenty. */
    public static final List<String> FIELDS = List.of(
            "Connection: keep-alive",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "Accept-Language: en-GB,en;q=0.7,de;q=0.3",
            "Accept-Encoding: gzip, deflate, br",
            "Referer: https://www.example.com/catalog/shoes/running?page=3&sort=price",
            "Cookie: session=6f2b1c9e0d8a4f37b5e1; theme=dark; basket=00183-77; _ga=GA1.2.1129.1700000000",
            "Authorization: Bearer eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl",
            "Cache-Control: max-age=0",
            "Upgrade-Insecure-Requests: 1",
            "DNT: 1",
            "Sec-Fetch-Dest: document",
            "Sec-Fetch-Mode: navigate",
            "Sec-Fetch-Site: same-origin",
            "Sec-Fetch-User: ?1",
            "If-None-Match: \"65f0-5a8c1e3b\"",
            "X-Requested-With: XMLHttpRequest",
            "X-Correlation-ID: 1b4e28ba-2fa1-11d2-883f-0016d3cca427",
            "Priority: u=1");

    /** Where gRPC is asked for. */
    public static final String GRPC_HOST = "grpc.example.com";

    private static final String DOMAIN = ".example.com";

    private Traffic() {}

    /** Field of this name: what stands before the colon. */
    public static String name(String field) {
        return field.substring(0, field.indexOf(':'));
    }

    /** What stands behind the colon. */
    public static String value(String field) {
        return field.substring(field.indexOf(':') + 2);
    }

    /** The host of this number. */
    public static String host(int number) {
        return "host" + number + DOMAIN;
    }

    /** A whole request of HTTP/1.1. */
    public static String request(String path, int host) {
        StringBuilder text = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: " + host(host) + "\r\n");
        FIELDS.forEach(field -> text.append(field).append("\r\n"));
        return text.append("\r\n").toString();
    }
}

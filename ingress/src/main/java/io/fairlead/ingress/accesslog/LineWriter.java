package io.fairlead.ingress.accesslog;

import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.KnownField;
import io.fairlead.ingress.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes a line of what is known of a request.
 *
 * <p>Hot path: allocates nothing but the text of a new second.
 *
 * <p>Confined to the event loop's thread of its worker.
 */
final class LineWriter {

    private static final byte[] TIME = ascii("{\"time\":\"");
    private static final byte[] CLIENT = ascii("Z\",\"client\":\"");
    private static final byte[] METHOD = ascii("\",\"method\":\"");
    private static final byte[] HOST = ascii("\",\"host\":\"");
    private static final byte[] PATH = ascii("\",\"path\":\"");
    private static final byte[] PROTOCOL = ascii("\",\"protocol\":\"");
    private static final byte[] TLS = ascii("\",\"tls\":");
    private static final byte[] STATUS = ascii(",\"status\":");
    private static final byte[] SECONDS = ascii(",\"seconds\":");
    private static final byte[] REQUEST_BYTES = ascii(",\"requestBytes\":");
    private static final byte[] ANSWER_BYTES = ascii(",\"answerBytes\":");
    private static final byte[] REQUEST_ID = ascii(",\"requestId\":\"");
    private static final byte[] NAMESPACE = ascii("\",\"namespace\":\"");
    private static final byte[] INGRESS = ascii("\",\"ingress\":\"");
    private static final byte[] SERVICE = ascii("\",\"service\":\"");
    private static final byte[] BACKEND = ascii("\",\"backend\":\"");
    private static final byte[] REPEATED = ascii("\",\"retries\":");
    private static final byte[] REFERER = ascii(",\"referer\":\"");
    private static final byte[] USER_AGENT = ascii("\",\"userAgent\":\"");
    private static final byte[] END = ascii("\"}\n");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] NOBODY = ascii(" - - [");

    private final LogFormat format;
    private final LogClock clock;

    LineWriter(LogFormat format, InstantSource clock) {
        this.format = format;
        this.clock = new LogClock(clock, format);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Writes a line, for which there is room. */
    void write(AccessEntry entry, LogPage to) {
        switch (format) {
            case JSON -> json(entry, to);
            case COMBINED -> combined(entry, to);
            case NONE -> {}
        }
    }

    private void json(AccessEntry entry, LogPage to) {
        long millis = clock.millis();
        to.put(TIME).put(clock.second(millis)).put('.');
        int rest = (int) Math.floorMod(millis, 1_000L);
        to.put((char) ('0' + rest / 100)).put((char) ('0' + rest / 10 % 10)).put((char) ('0' + rest % 10));
        to.put(CLIENT).put(entry.client, entry.clientLength).put(METHOD);
        RequestHead head = entry.head;
        if (head != null) {
            byte[] text = head.fields().text();
            to.json(text, head.methodFrom(), head.methodTo()).put(HOST);
            to.json(text, head.hostFrom(), head.hostTo()).put(PATH);
            to.json(text, head.pathFrom(), head.pathTo());
        } else {
            to.put(HOST).put(PATH);
        }
        to.put(PROTOCOL).put(entry.protocol).put(TLS).put(entry.secure ? TRUE : FALSE);
        to.put(STATUS).put(entry.status).put(SECONDS).seconds(entry.nanos);
        to.put(REQUEST_BYTES).put(entry.requestBytes).put(ANSWER_BYTES).put(entry.answerBytes);
        to.put(REQUEST_ID).json(entry.requestId, 0, entry.requestIdLength);
        to.put(NAMESPACE).put(entry.route.namespace()).put(INGRESS).put(entry.route.ingress());
        to.put(SERVICE).put(entry.route.service()).put(BACKEND).put(entry.backend);
        to.put(REPEATED).put(entry.repeated);
        jsonField(head, KnownField.REFERER, to.put(REFERER));
        jsonField(head, KnownField.USER_AGENT, to.put(USER_AGENT));
        to.put(END);
    }

    private static void jsonField(@Nullable RequestHead head, KnownField field, LogPage to) {
        int place = head == null ? -1 : head.fields().indexOf(field);
        if (head != null && place >= 0) {
            HeadFields fields = head.fields();
            to.json(fields.text(), fields.valueFrom(place), fields.valueTo(place));
        }
    }

    private void combined(AccessEntry entry, LogPage to) {
        to.put(entry.client)
                .put(NOBODY)
                .put(clock.second(clock.millis()))
                .put(']')
                .put(' ');
        RequestHead head = entry.head;
        to.put('"');
        if (head != null) {
            byte[] text = head.fields().text();
            to.text(text, head.methodFrom(), head.methodTo()).put(' ');
            to.text(text, head.pathFrom(), head.pathTo()).put(' ').put(entry.protocol);
        } else {
            to.put('-');
        }
        to.put('"').put(' ').put(entry.status).put(' ').put(entry.answerBytes);
        textField(head, KnownField.REFERER, to);
        textField(head, KnownField.USER_AGENT, to);
        to.put('\n');
    }

    private static void textField(@Nullable RequestHead head, KnownField field, LogPage to) {
        int place = head == null ? -1 : head.fields().indexOf(field);
        to.put(' ').put('"');
        if (head != null && place >= 0) {
            HeadFields fields = head.fields();
            to.text(fields.text(), fields.valueFrom(place), fields.valueTo(place));
        } else {
            to.put('-');
        }
        to.put('"');
    }
}

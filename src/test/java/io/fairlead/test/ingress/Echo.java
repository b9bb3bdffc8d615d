package io.fairlead.test.ingress;

import java.util.ArrayList;
import java.util.List;

/**
 * What an {@link EchoPod} says that it got:
 *
 * <pre>
 *   pod web-1
 *   GET /path HTTP/1.1
 *   Host: a.example
 *   ...
 *
 *   content 5 12ab
 *   Trailer-Field: value
 * </pre>
 *
 * <p>Immutable.
 *
 * @param request of which only number and sum of the content's bytes are known
 */
record Echo(String pod, Wire.Message request) {

    static String text(String pod, Wire.Message request) {
        StringBuilder text = new StringBuilder("pod ").append(pod).append('\n');
        text.append(request.startLine()).append('\n');
        request.fields().forEach(field -> append(text, field));
        Wire.Content content = request.content();
        text.append("\ncontent ").append(content.bytes()).append(' ').append(Long.toHexString(content.sum()));
        text.append('\n');
        content.trailers().forEach(field -> append(text, field));
        return text.toString();
    }

    private static void append(StringBuilder text, Wire.Field field) {
        text.append(field.name()).append(": ").append(field.value()).append('\n');
    }

    static Echo of(Wire.Message answer) {
        return of(answer.text());
    }

    static Echo of(String text) {
        if (!text.startsWith("pod ")) {
            throw new AssertionError("no echo: " + text);
        }
        List<String> lines = text.lines().toList();
        int end = lines.indexOf("");
        String[] content = lines.get(end + 1).split(" ", -1);
        Wire.Content got = new Wire.Content(
                "",
                Long.parseLong(content[1]),
                Long.parseLong(content[2], 16),
                fields(lines.subList(end + 2, lines.size())));
        return new Echo(
                lines.getFirst().substring("pod ".length()),
                new Wire.Message(lines.get(1), fields(lines.subList(2, end)), got));
    }

    private static List<Wire.Field> fields(List<String> lines) {
        List<Wire.Field> fields = new ArrayList<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            fields.add(new Wire.Field(line.substring(0, colon), line.substring(colon + 2)));
        }
        return List.copyOf(fields);
    }

    /** The Service that the Pod belongs to, if Pods are called after theirs: {@code web-1} is one of {@code web}. */
    String service() {
        return pod.substring(0, pod.lastIndexOf('-'));
    }

    String method() {
        return request.startLine().split(" ", -1)[0];
    }

    String target() {
        return request.startLine().split(" ", -1)[1];
    }
}

package io.fairlead.ingress.resource;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.ExtraDecoder;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.Tree;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decodes {@code networking.k8s.io/v1 Ingress}. What is wrong with the form of an object sets it aside; what is wrong with
 * one host or path is for the translator, which keeps the others.
 *
 * <p>Thread-safe: it has no state that changes.
 */
final class IngressDecoder implements ExtraDecoder<Ingress> {

    /** The API has no limits of its own but that of a request; an object of 1.5 MB holds about as many. */
    private static final int RULES_MAX = 1_000;

    private static final int PATHS_MAX = 5_000;
    private static final int TLS_MAX = 1_000;
    private static final int HOSTS_MAX = 5_000;
    private static final int ADDRESSES_MAX = 1_000;

    /** Limit of the API for all annotations of an object. */
    private static final int ANNOTATION_CHARS_MAX = 256 << 10;

    /** Longer than any that is valid, so that the translator can say what is wrong with it. */
    private static final int TEXT_MAX = 8_192;

    private static final int NAME_MAX = 253;
    private static final int PORT_NAME_MAX = 63;

    private final Predicate<String> understood;

    /** @param understood whether an annotation of this name is worth keeping */
    IngressDecoder(Predicate<String> understood) {
        this.understood = understood;
    }

    @Override
    public Optional<Ingress> decode(ObjectName name, Field object) {
        Field metadata = object.at("metadata");
        Field spec = object.at("spec");
        return Optional.of(new Ingress(
                name,
                created(metadata.at("creationTimestamp")),
                spec.at("ingressClassName").text(NAME_MAX),
                annotations(metadata.at("annotations")),
                backend(spec.at("defaultBackend")),
                rules(spec.at("rules")),
                tls(spec.at("tls")),
                published(object.at("status").at("loadBalancer").at("ingress"))));
    }

    private static long created(Field time) {
        String text = time.text(64);
        try {
            return text.isEmpty() ? 0 : OffsetDateTime.parse(text).toEpochSecond();
        } catch (DateTimeException e) {
            throw time.error("is not a time");
        }
    }

    private Map<String, String> annotations(Field field) {
        if (!(field.tree() instanceof Tree.Mapping mapping)) {
            return Map.of();
        }
        Map<String, String> kept = new HashMap<>();
        int chars = 0;
        for (String key : mapping.keys()) {
            if (understood.test(key)) {
                String value = field.at(key).text(ANNOTATION_CHARS_MAX);
                chars += key.length() + value.length();
                kept.put(key, value);
            }
        }
        if (chars > ANNOTATION_CHARS_MAX) {
            throw field.error("have " + chars + " characters; the limit is " + ANNOTATION_CHARS_MAX);
        }
        return kept;
    }

    private static List<IngressRule> rules(Field list) {
        List<IngressRule> rules = new ArrayList<>();
        int paths = 0;
        for (Field item : list.items(RULES_MAX)) {
            IngressRule rule = new IngressRule(
                    item.at("host").text(TEXT_MAX), paths(item.at("http").at("paths")));
            paths += rule.paths().size();
            if (paths > PATHS_MAX) {
                throw list.error("have more than " + PATHS_MAX + " paths");
            }
            rules.add(rule);
        }
        return rules;
    }

    private static List<IngressPath> paths(Field list) {
        List<IngressPath> paths = new ArrayList<>();
        for (Field item : list.items(PATHS_MAX)) {
            Field type = item.at("pathType");
            if (!type.isPresent()) {
                throw type.error("is missing");
            }
            IngressPath.Type kind = type.oneOf(IngressPath.Type.class, "Exact", "Prefix", "ImplementationSpecific");
            IngressBackend backend = backend(item.at("backend"));
            if (backend instanceof IngressBackend.None) {
                throw item.at("backend").error("is missing");
            }
            paths.add(new IngressPath(item.at("path").text(TEXT_MAX), kind, backend));
        }
        return paths;
    }

    private static IngressBackend backend(Field field) {
        if (!field.isPresent()) {
            return new IngressBackend.None();
        }
        Field service = field.at("service");
        Field resource = field.at("resource");
        if (service.isPresent() == resource.isPresent()) {
            throw field.error("needs either a service or a resource");
        }
        if (resource.isPresent()) {
            return new IngressBackend.OfResource(
                    resource.at("apiGroup").text(NAME_MAX),
                    resource.at("kind").text(NAME_MAX),
                    resource.at("name").text(NAME_MAX));
        }
        String name = service.at("name").name(NAME_MAX);
        if (name.isEmpty()) {
            throw service.at("name").error("is missing");
        }
        Field port = service.at("port");
        String portName = port.at("name").text(PORT_NAME_MAX);
        int number = port.at("number").number(0, 1, 65_535, "a port");
        if (portName.isEmpty() == (number == 0)) {
            throw port.error("needs either a name or a number");
        }
        return new IngressBackend.OfService(name, portName, number);
    }

    private static List<IngressTls> tls(Field list) {
        List<IngressTls> entries = new ArrayList<>();
        int hosts = 0;
        for (Field item : list.items(TLS_MAX)) {
            List<String> names = new ArrayList<>();
            for (Field host : item.at("hosts").items(HOSTS_MAX)) {
                names.add(host.text(TEXT_MAX));
            }
            hosts += names.size();
            if (hosts > HOSTS_MAX) {
                throw list.error("have more than " + HOSTS_MAX + " hosts");
            }
            entries.add(new IngressTls(names, item.at("secretName").name(NAME_MAX)));
        }
        return entries;
    }

    private static List<String> published(Field list) {
        List<String> published = new ArrayList<>();
        for (Field item : list.items(ADDRESSES_MAX)) {
            String ip = item.at("ip").text(NAME_MAX);
            published.add(ip.isEmpty() ? item.at("hostname").text(NAME_MAX) : ip);
        }
        return published;
    }
}

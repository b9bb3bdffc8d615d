package io.fairlead.ingress.translate;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.resource.Ingress;
import io.fairlead.ingress.resource.IngressBackend;
import io.fairlead.ingress.resource.IngressClass;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.translate.annotation.AnnotationReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * Translates the cluster, difference by difference. What it says depends only on the latest snapshot and what it was made
 * with, not on the way there; what it does is in proportion to the difference.
 *
 * <p>An Ingress is read again when it or a Service that it names changes; then the hosts that it spoke and speaks of are
 * decided about anew. A change of endpoints touches only the groups of their Service.
 *
 * <p>Confined to one thread.
 */
public final class IngressTranslator {

    /** More of one object are counted and not named. */
    private static final int PROBLEMS_MAX = 20;

    private final IngressSettings settings;
    private final AnnotationReader annotations;
    private final Supplier<DestinationPolicy> policies;
    private final Map<ObjectName, IngressPart> parts = new HashMap<>();
    private final References<ObjectName> servicesUsed = new References<>();
    private final References<ObjectName> secretsUsed = new References<>();
    private final References<BackendGroup> groupsUsed = new References<>();
    private final HostBook hosts;
    private final BackendBook backends = new BackendBook();
    private final ObjectName ofDefault;

    /** What cannot be read, of what is ours to report: Ingresses, classes, and Secrets that Ingresses name. */
    private Map<ObjectKey, String> setAside = Map.of();

    private ClusterSnapshot former = ClusterSnapshot.EMPTY;
    private TreePSet<ObjectName> served = TreePSet.empty();
    private TreePSet<ObjectName> secrets = TreePSet.empty();
    private TreePMap<ObjectKey, List<Problem>> problems = TreePMap.empty();
    private @Nullable DestinationPolicy policy;

    // Of the translation that is being made.
    private final Set<BackendGroup> touchedGroups = new HashSet<>();
    private final Set<ObjectName> touchedSecrets = new HashSet<>();
    private final Set<ObjectName> touchedServed = new HashSet<>();
    private final Set<ObjectKey> touchedObjects = new HashSet<>();

    /**
     * @param policies which addresses are no destinations, at that time: the node's own ones change
     */
    public IngressTranslator(
            IngressSettings settings, AnnotationReader annotations, Supplier<DestinationPolicy> policies) {
        this.settings = settings;
        this.annotations = annotations;
        this.policies = policies;
        this.hosts = new HostBook(settings.redirects());
        this.ofDefault = new ObjectName(settings.defaultBackend().namespace(), "");
    }

    /**
     * What became of a difference.
     *
     * <p>Immutable.
     */
    public record Result(Translation translation, TranslationDelta delta) {}

    /**
     * Translates the next snapshot.
     *
     * @param delta what differs from the snapshot of the call before, or from the empty one; empty to look only for another
     *     destination policy
     */
    public Result translate(ClusterDelta delta, ClusterSnapshot snapshot) {
        for (ObjectName name : toRead(delta, snapshot)) {
            replace(name, read(name, snapshot));
        }
        HostBook.Rebuilt rebuilt = hosts.rebuild();
        rebuilt.losers().forEach(name -> touchedObjects.add(ingress(name)));
        Set<BackendGroup> changedGroups = readGroups(delta, snapshot);
        boolean otherSecrets = nameSecrets();
        if (delta.setAsideChanged() || otherSecrets) {
            readSetAside(snapshot);
        }
        Set<ObjectKey> changedProblems = nameProblems();
        Translation now = new Translation(hosts.table(), backends.backends(), hosts.tls(), served, problems, secrets);
        TranslationDelta difference = new TranslationDelta(
                rebuilt.routes(), changedGroups, rebuilt.tls(), touchedServed, changedProblems, otherSecrets);
        touchedServed.clear();
        former = snapshot;
        return new Result(now, difference);
    }

    /** The Ingresses that may say something else than before, in order. */
    private Set<ObjectName> toRead(ClusterDelta delta, ClusterSnapshot snapshot) {
        Set<ObjectName> names = new TreeSet<>(delta.objects(IngressKinds.INGRESS));
        Set<ObjectName> classes = delta.objects(IngressKinds.INGRESS_CLASS);
        if (!classes.isEmpty()) {
            snapshot.objects(IngressKinds.INGRESS).forEach((name, ingress) -> {
                if (classes.contains(new ObjectName("", ingress.className()))) {
                    names.add(name);
                }
            });
        }
        for (ObjectName service : delta.services()) {
            boolean endpointsOnly = Objects.equals(
                    former.services().get(service), snapshot.services().get(service));
            if (!endpointsOnly) {
                names.addAll(servicesUsed.of(service));
            }
        }
        if (policy == null) {
            names.add(ofDefault);
        }
        return names;
    }

    private @Nullable IngressPart read(ObjectName name, ClusterSnapshot snapshot) {
        if (name.equals(ofDefault)) {
            boolean none = settings.defaultBackend().backend() instanceof IngressBackend.None;
            return none ? null : IngressReader.ofDefault(snapshot.services(), settings);
        }
        Ingress ingress = snapshot.objects(IngressKinds.INGRESS).get(name);
        boolean wasOurs = served.contains(name);
        if (ingress == null || !isOurs(ingress, snapshot)) {
            if (wasOurs) {
                served = served.minus(name);
                touchedServed.add(name);
            }
            return null;
        }
        served = wasOurs ? served : served.plus(name);
        if (!wasOurs || !ingress.equals(former.objects(IngressKinds.INGRESS).get(name))) {
            touchedServed.add(name);
        }
        return IngressReader.read(ingress, snapshot.services(), annotations, settings);
    }

    private boolean isOurs(Ingress ingress, ClusterSnapshot snapshot) {
        IngressSettings.Classes classes = settings.classes();
        if (!ingress.className().isEmpty()) {
            IngressClass named =
                    snapshot.objects(IngressKinds.INGRESS_CLASS).get(new ObjectName("", ingress.className()));
            return named != null && named.controller().equals(classes.controller());
        }
        String legacy = ingress.annotations().get(AnnotationReader.LEGACY_CLASS);
        return legacy == null ? classes.withoutClass() : legacy.equals(classes.legacy());
    }

    private void replace(ObjectName name, @Nullable IngressPart next) {
        IngressPart before = next == null ? parts.remove(name) : parts.put(name, next);
        if (Objects.equals(before, next)) {
            return;
        }
        touchedObjects.add(ingress(name));
        Stream.of(before, next)
                .filter(Objects::nonNull)
                .flatMap(part -> part.problems().stream())
                .forEach(problem -> touchedObjects.add(problem.object()));
        if (before != null) {
            hosts.remove(before);
            servicesUsed.remove(before.services(), name);
            secretsUsed.remove(before.secrets(), name);
            groupsUsed.remove(before.groups(), name);
            touchedGroups.addAll(before.groups());
            touchedSecrets.addAll(before.secrets());
        }
        if (next != null) {
            hosts.add(next);
            servicesUsed.add(next.services(), name);
            secretsUsed.add(next.secrets(), name);
            groupsUsed.add(next.groups(), name);
            touchedGroups.addAll(next.groups());
            touchedSecrets.addAll(next.secrets());
        }
    }

    /** Whether other Secrets are referred to than before. */
    @SuppressWarnings("ReferenceEquality") // An unchanged set stays the same one.
    private boolean nameSecrets() {
        TreePSet<ObjectName> before = secrets;
        for (ObjectName name : touchedSecrets) {
            if (secretsUsed.has(name) != secrets.contains(name)) {
                secrets = secretsUsed.has(name) ? secrets.plus(name) : secrets.minus(name);
            }
        }
        touchedSecrets.clear();
        return before != secrets;
    }

    private Set<BackendGroup> readGroups(ClusterDelta delta, ClusterSnapshot snapshot) {
        DestinationPolicy latest = policies.get();
        boolean otherPolicy = !latest.equals(policy);
        policy = latest;
        if (otherPolicy) {
            touchedGroups.addAll(backends.all());
        }
        delta.services().forEach(service -> touchedGroups.addAll(backends.of(service)));
        EndpointReader reader = new EndpointReader(settings.endpoints(), latest);
        Set<BackendGroup> changed = new HashSet<>();
        for (BackendGroup group : touchedGroups) {
            boolean differs = groupsUsed.has(group) ? backends.read(group, reader, snapshot) : backends.remove(group);
            if (differs) {
                changed.add(group);
            }
            touchedObjects.add(new ObjectKey(ClusterKind.SERVICE, group.service()));
        }
        touchedGroups.clear();
        return changed;
    }

    private void readSetAside(ClusterSnapshot snapshot) {
        Map<ObjectKey, String> now = new HashMap<>();
        snapshot.setAside().forEach((key, report) -> {
            if (isReported(report)) {
                now.put(key, report.where() + ": " + report.reason());
            }
        });
        Set<ObjectKey> keys = new HashSet<>(now.keySet());
        keys.addAll(setAside.keySet());
        for (ObjectKey key : keys) {
            if (!Objects.equals(now.get(key), setAside.get(key))) {
                touchedObjects.add(key);
                if (key.kind().equals(IngressKinds.SECRET.kind())) {
                    secretsUsed.of(key.name()).forEach(name -> touchedObjects.add(ingress(name)));
                }
            }
        }
        setAside = now;
    }

    private boolean isReported(ClusterChange.SetAside report) {
        ClusterKind kind = report.kind();
        return kind.equals(ClusterKind.MANIFEST)
                || kind.equals(IngressKinds.INGRESS.kind())
                || kind.equals(IngressKinds.INGRESS_CLASS.kind())
                || kind.equals(IngressKinds.SECRET.kind()) && secretsUsed.has(report.name());
    }

    /** Says anew what is wrong with the touched objects; returns those of which other things are. */
    private Set<ObjectKey> nameProblems() {
        Set<ObjectKey> changed = new HashSet<>();
        for (ObjectKey key : touchedObjects) {
            List<Problem> now = bounded(key, problemsOf(key));
            List<Problem> before = problems.get(key);
            if (now.isEmpty() ? before != null : !now.equals(before)) {
                problems = now.isEmpty() ? problems.minus(key) : problems.plus(key, now);
                changed.add(key);
            }
        }
        touchedObjects.clear();
        return changed;
    }

    private List<Problem> problemsOf(ObjectKey key) {
        if (key.kind().equals(ClusterKind.SERVICE)) {
            return problemsOfService(key);
        }
        if (key.kind().equals(IngressKinds.SECRET.kind()) || key.equals(ingress(ofDefault))) {
            return List.of();
        }
        List<Problem> all = new ArrayList<>();
        String reason = setAside.get(key);
        if (reason != null) {
            all.add(new Problem(key, ProblemReason.SET_ASIDE, reason));
        }
        IngressPart part = key.kind().equals(IngressKinds.INGRESS.kind()) ? parts.get(key.name()) : null;
        if (part != null) {
            all.addAll(part.problems());
            SortedMap<String, List<Problem>> ofHosts = new TreeMap<>();
            for (HostMatch host : part.hosts()) {
                hosts.problems(host, key.name())
                        .forEach(problem -> ofHosts.computeIfAbsent(host.text(), _ -> new ArrayList<>())
                                .add(problem));
            }
            ofHosts.values().forEach(all::addAll);
            for (ObjectName secret : part.secrets().size() > 1 ? new TreeSet<>(part.secrets()) : part.secrets()) {
                String missing = setAside.get(new ObjectKey(IngressKinds.SECRET.kind(), secret));
                if (missing != null) {
                    all.add(new Problem(key, ProblemReason.SECRET_NOT_USABLE, "Secret " + secret + ": " + missing));
                }
            }
        }
        return all;
    }

    /** Those of the operator's default backend are its Service's. */
    private List<Problem> problemsOfService(ObjectKey key) {
        List<Problem> all = new ArrayList<>(backends.problems(key.name()));
        IngressPart fallback = parts.get(ofDefault);
        if (fallback != null) {
            fallback.problems().stream()
                    .filter(problem -> problem.object().equals(key))
                    .forEach(all::add);
        }
        return all;
    }

    /** Each once, and not too many: an object with 5,000 bad paths is one that somebody looks at anyway. */
    private static List<Problem> bounded(ObjectKey key, List<Problem> all) {
        List<Problem> distinct = List.copyOf(new LinkedHashSet<>(all));
        if (distinct.size() <= PROBLEMS_MAX) {
            return distinct;
        }
        List<Problem> some = new ArrayList<>(distinct.subList(0, PROBLEMS_MAX));
        int left = distinct.size() - PROBLEMS_MAX;
        some.add(new Problem(key, distinct.get(PROBLEMS_MAX).reason(), "and " + left + " more problems"));
        return List.copyOf(some);
    }

    private static ObjectKey ingress(ObjectName name) {
        return new ObjectKey(IngressKinds.INGRESS.kind(), name);
    }
}

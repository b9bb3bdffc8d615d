package io.fairlead.agent.plan;

import java.util.List;

/**
 * The ways in which a frontend treats its clients. Section 40 of the services facts as code: rules are tried in order
 * and the last one fits everybody, so data planes need no policy of their own.
 *
 * <p>Immutable.
 */
public enum Routing {
    /** Nothing usable anywhere. */
    REJECT(List.of(rule(Client.ANYONE, Verdict.REJECT, Scope.CLUSTER, false, "no usable endpoint anywhere"))),

    /** Only local endpoints are allowed and there is none here, but elsewhere there are. */
    DROP(List.of(rule(
            Client.ANYONE, Verdict.DROP, Scope.LOCAL, false, "internalTrafficPolicy Local, no endpoint on this node"))),

    /** The source is kept. */
    DIRECT(List.of(rule(Client.ANYONE, Verdict.FORWARD, Scope.CLUSTER, false, "all endpoints, the source is kept"))),

    /** The source is kept, endpoints of this node only. */
    DIRECT_LOCAL(List.of(
            rule(Client.ANYONE, Verdict.FORWARD, Scope.LOCAL, false, "endpoints of this node, the source is kept"))),

    /** Replies must come back through this node, so the source becomes the node. */
    MASQUERADE(List.of(rule(Client.ANYONE, Verdict.FORWARD, Scope.CLUSTER, true, "the source becomes this node"))),

    /** As {@link #MASQUERADE} with endpoints of this node only. */
    MASQUERADE_LOCAL(List.of(rule(
            Client.ANYONE,
            Verdict.FORWARD,
            Scope.LOCAL,
            true,
            "internalTrafficPolicy Local, the source becomes this node"))),

    /** ClusterIP with a pod detector: only pods can be answered directly. */
    MASQUERADE_UNLESS_POD(List.of(
            rule(Client.LOCAL_POD, Verdict.FORWARD, Scope.CLUSTER, false, "a pod's source is kept"),
            rule(Client.ANYONE, Verdict.FORWARD, Scope.CLUSTER, true, "not a pod: the source becomes this node"))),

    /** As {@link #MASQUERADE_UNLESS_POD} with endpoints of this node only. */
    MASQUERADE_UNLESS_POD_LOCAL(List.of(
            rule(
                    Client.LOCAL_POD,
                    Verdict.FORWARD,
                    Scope.LOCAL,
                    false,
                    "internalTrafficPolicy Local, a pod's source is kept"),
            rule(
                    Client.ANYONE,
                    Verdict.FORWARD,
                    Scope.LOCAL,
                    true,
                    "internalTrafficPolicy Local, not a pod: the source becomes this node"))),

    /** externalTrafficPolicy Local: outside clients keep their source; pods and the node reach all endpoints. */
    PRESERVE_SOURCE(List.of(
            podShortCircuit(),
            nodeShortCircuit(),
            rule(
                    Client.ANYONE,
                    Verdict.FORWARD,
                    Scope.LOCAL,
                    false,
                    "externalTrafficPolicy Local, the source is kept"))),

    /** As {@link #PRESERVE_SOURCE}, with no endpoint on this node. */
    PRESERVE_SOURCE_ELSEWHERE(List.of(
            podShortCircuit(),
            nodeShortCircuit(),
            rule(
                    Client.ANYONE,
                    Verdict.DROP,
                    Scope.LOCAL,
                    false,
                    "externalTrafficPolicy Local, no endpoint on this node")));

    @SuppressWarnings("ImmutableEnumChecker") // every list is made by List.of
    private final List<ClientRule> rules;

    Routing(List<ClientRule> rules) {
        this.rules = rules;
    }

    /** Tried in order; the last one fits {@link Client#ANYONE}. */
    public List<ClientRule> rules() {
        return rules;
    }

    private static ClientRule rule(Client client, Verdict verdict, Scope scope, boolean masquerade, String reason) {
        return new ClientRule(client, verdict, scope, masquerade, reason);
    }

    private static ClientRule podShortCircuit() {
        return rule(
                Client.LOCAL_POD,
                Verdict.FORWARD,
                Scope.CLUSTER,
                false,
                "externalTrafficPolicy Local, short circuit: a pod reaches all endpoints and keeps its source");
    }

    private static ClientRule nodeShortCircuit() {
        return rule(
                Client.NODE,
                Verdict.FORWARD,
                Scope.CLUSTER,
                true,
                "externalTrafficPolicy Local, short circuit: the node reaches all endpoints");
    }
}

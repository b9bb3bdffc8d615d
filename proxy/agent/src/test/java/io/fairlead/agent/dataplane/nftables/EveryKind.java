package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import java.util.List;

/**
 * One Service of each kind, in both families where that makes a difference.
 *
 * <p>Thread-safe: a pure function.
 */
final class EveryKind {

    private EveryKind() {}

    static List<ServicePlan> plans() {
        Service plain = Plans.service("plain", "172.30.0.41", "fd00:172:30::41").build();
        Service sticky = Plans.service("sticky", "172.30.0.42", "fd00:172:30::42")
                .nodePort(30042)
                .affinity(600)
                .build();
        Service local = Plans.service("local", "172.30.0.43", "fd00:172:30::43")
                .nodePort(30043)
                .loadBalancer("5.6.7.8", "fd00:5::8")
                .externalLocal()
                .sourceRange("203.0.113.0/24")
                .sourceRange("192.168.0.0/16")
                .sourceRange("fd00:203::/32")
                .build();
        Service empty = Plans.service("empty", "172.30.0.44")
                .port("dns", Protocol.UDP, 53, 0)
                .externalIp("192.168.99.22")
                .build();
        Service elsewhere = Plans.service("elsewhere", "172.30.0.45")
                .internalLocal()
                .port("a", Protocol.SCTP, 9000, 0)
                .build();
        return List.of(
                PlaneRig.plan(
                        plain,
                        Plans.slice(plain, "10.180.0.1@node-1", "10.180.0.2@node-2"),
                        Plans.slice(plain, "fd00:10::1@node-1")),
                PlaneRig.plan(
                        sticky,
                        Plans.slice(sticky, "10.180.0.3@node-1", "10.180.0.4@node-2", "10.180.0.5@node-2"),
                        Plans.slice(sticky, "fd00:10::3@node-1")),
                PlaneRig.plan(
                        local,
                        Plans.slice(local, "10.180.0.6@node-1", "10.180.0.7@node-2"),
                        Plans.slice(local, "fd00:10::7@node-2")),
                PlaneRig.plan(empty, Plans.slice(empty)),
                PlaneRig.plan(elsewhere, Plans.slice(elsewhere, "10.180.0.8@node-2")));
    }
}

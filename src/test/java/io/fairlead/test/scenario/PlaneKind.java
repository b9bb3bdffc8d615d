package io.fairlead.test.scenario;

import io.fairlead.agent.plan.ModeRules;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.fake.TracedNode;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The data planes that every scenario is played on.
 *
 * <p>Immutable.
 */
public enum PlaneKind {
    NFTABLES(ModeRules.NFTABLES),
    IPTABLES(ModeRules.IPTABLES),
    IPVS(ModeRules.IPVS);

    private final ModeRules rules;

    PlaneKind(ModeRules rules) {
        this.rules = rules;
    }

    public ModeRules rules() {
        return rules;
    }

    /**
     * One on an empty pretended kernel.
     *
     * @param addresses of the node, whenever asked
     */
    public FakePlane fake(InstantSource clock, Supplier<Set<IpAddress>> addresses) {
        TracedNode node = new AddressPlanNode(addresses);
        return switch (this) {
            case NFTABLES -> new FakeNftPlane(clock, node);
            case IPTABLES -> new FakeIptablesPlane(clock, node);
            case IPVS -> new FakeIpvsPlane(clock, node, addresses);
        };
    }

    /** As scenarios spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

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
     * @param owned whether it has tables of nftables that nobody else may change, as from 6.9 on
     */
    FakePlane fake(InstantSource clock, Supplier<Set<IpAddress>> addresses, boolean owned) {
        TracedNode node = new AddressPlanNode(addresses);
        return switch (this) {
            case NFTABLES -> new FakeNftPlane(clock, node, owned);
            case IPTABLES -> new FakeIptablesPlane(clock, node);
            case IPVS -> new FakeIpvsPlane(clock, node, addresses, owned);
        };
    }

    /** As scenarios spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

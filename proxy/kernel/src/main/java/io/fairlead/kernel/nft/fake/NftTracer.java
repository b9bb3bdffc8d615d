package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.fake.EveryNumber;
import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedBalancer;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.fake.Tracer;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Where does this packet go? Walks the tables of a fake, and nothing else, as the kernel would with the first packet
 * of a connection. Fails on whatever it does not know instead of guessing.
 *
 * <p>Thread-safe, as far as the {@link TracedNode} is.
 */
public final class NftTracer implements Tracer {

    private final FakeNftKernel kernel;
    private final TracedNode node;
    private final TracedBalancer balancer;

    public NftTracer(FakeNftKernel kernel, TracedNode node) {
        this(kernel, node, TracedBalancer.NONE);
    }

    /** @param balancer of the same kernel */
    public NftTracer(FakeNftKernel kernel, TracedNode node, TracedBalancer balancer) {
        this.kernel = kernel;
        this.node = node;
        this.balancer = balancer;
    }

    @Override
    public Trace trace(TracedPacket packet, IntUnaryOperator random) {
        synchronized (kernel) {
            NftTracerHooks hooks = new NftTracerHooks(kernel, packet.isIpv6());
            NftTracerWalk walk = new NftTracerWalk(hooks, node, balancer, packet, kernel.nowMillis(), random);
            Trace.Outcome outcome = walk.run();
            walk.keepRecords();
            return new Trace(outcome, walk.probability(), walk.matched());
        }
    }

    @Override
    public List<Trace> traceAll(TracedPacket packet) {
        synchronized (kernel) {
            NftTracerHooks hooks = new NftTracerHooks(kernel, packet.isIpv6());
            long now = kernel.nowMillis();
            return EveryNumber.traces(packet, every -> {
                NftTracerWalk walk = new NftTracerWalk(hooks, node, balancer, packet, now, every);
                Trace.Outcome outcome = walk.run();
                return new Trace(outcome, walk.probability(), walk.matched());
            });
        }
    }
}

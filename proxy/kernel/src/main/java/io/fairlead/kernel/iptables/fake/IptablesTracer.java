package io.fairlead.kernel.iptables.fake;

import io.fairlead.kernel.fake.EveryNumber;
import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.fake.Tracer;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Where does this packet go? Walks the tables of a fake, and nothing else, as the kernel would with the first packet of
 * a connection.
 *
 * <p>Thread-safe, as far as the {@link TracedNode} is.
 */
public final class IptablesTracer implements Tracer {

    private final FakeIptablesKernel kernel;
    private final TracedNode node;

    public IptablesTracer(FakeIptablesKernel kernel, TracedNode node) {
        this.kernel = kernel;
        this.node = node;
    }

    @Override
    public Trace trace(TracedPacket packet, IntUnaryOperator random) {
        synchronized (kernel) {
            IptablesWalk walk = new IptablesWalk(kernel, node, packet, count -> random.applyAsInt(count) == 0);
            Trace.Outcome outcome = walk.run();
            walk.keepNotes();
            return new Trace(outcome, walk.probability(), walk.matched());
        }
    }

    @Override
    public List<Trace> traceAll(TracedPacket packet) {
        synchronized (kernel) {
            return EveryNumber.traces(packet, every -> {
                IptablesWalk walk = new IptablesWalk(kernel, node, packet, _ -> every.applyAsInt(2) == 0);
                Trace.Outcome outcome = walk.run();
                return new Trace(outcome, walk.probability(), walk.matched());
            });
        }
    }
}

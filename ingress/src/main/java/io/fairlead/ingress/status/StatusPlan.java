package io.fairlead.ingress.status;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.ingress.resource.Ingress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be done to the status of an Ingress. An Ingress that is ours gets the addresses, one that is not any more
 * loses them if it has exactly these; what another controller wrote is left alone. While no address is known nothing
 * changes: what clients were told is better than nothing.
 *
 * <p>Immutable.
 */
sealed interface StatusPlan {

    /** Publish these. Immutable. */
    record Publish(List<String> addresses) implements StatusPlan {}

    /** Remove these if they stand there, in this order. Immutable. */
    record Withdraw(List<String> addresses) implements StatusPlan {}

    /**
     * Nothing if all is as it should be.
     *
     * @param addresses in order
     * @param written what this process wrote last, and may not have seen there yet; empty for nothing
     */
    static Optional<StatusPlan> of(Ingress ingress, boolean ours, List<String> addresses, List<String> written) {
        List<String> present = ingress.published();
        List<String> sorted = present.stream().sorted().toList();
        if (ours) {
            return addresses.isEmpty() || sorted.equals(addresses)
                    ? Optional.empty()
                    : Optional.of(new Publish(addresses));
        }
        if (!present.isEmpty() && (sorted.equals(addresses) || sorted.equals(written))) {
            return Optional.of(new Withdraw(present));
        }
        // It may stand there by now; if something else does, that is not removed.
        return written.isEmpty() ? Optional.empty() : Optional.of(new Withdraw(written));
    }

    /** As {@code status.loadBalancer.ingress} has them. */
    static List<Map<String, String>> entries(List<String> addresses) {
        return addresses.stream()
                .map(address -> Map.of(isIp(address) ? "ip" : "hostname", address))
                .toList();
    }

    private static boolean isIp(String address) {
        try {
            IpAddress.parse(address);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}

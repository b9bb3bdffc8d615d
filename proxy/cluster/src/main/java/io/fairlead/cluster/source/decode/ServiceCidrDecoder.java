package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.ServiceCidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decodes {@code networking.k8s.io/v1 ServiceCIDR}.
 *
 * <p>Confined to the thread of its source.
 */
final class ServiceCidrDecoder implements KindDecoder {

    @Override
    public Optional<ClusterObject> decode(ObjectName name, Field object) {
        List<IpPrefix> cidrs = new ArrayList<>(2);
        for (Field item : object.at("spec").at("cidrs").items(16)) {
            cidrs.add(item.prefix());
        }
        return Optional.of(new ServiceCidr(name.name(), cidrs));
    }
}

package io.fairlead.lab.kube;

import java.util.List;

/**
 * What a control plane is for.
 *
 * <p>Immutable.
 *
 * @param addresses of its host, IPv4: one for each API server that there may be
 * @param serviceRange ClusterIPs: one range of each family, with a comma
 * @param admin who may do everything
 * @param users whom the API server knows besides
 * @param withNodes whether kubelets run the Pods; without, Pods are objects that a test writes, whose service account
 *     nobody makes
 */
record ControlPlaneSetup(
        List<String> addresses, String serviceRange, Identity admin, List<Identity> users, boolean withNodes) {
    ControlPlaneSetup {
        addresses = List.copyOf(addresses);
        users = List.copyOf(users);
    }

    /** The API's own Service has the first address of the range. */
    String serviceAddress() {
        return serviceRange.replaceFirst("[.]0/.*", ".1");
    }
}

package io.fairlead.lab.node;

import io.fairlead.lab.topology.NodeSpec;
import java.net.Inet4Address;

/**
 * What a node is told.
 *
 * <p>Immutable.
 *
 * @param spec its name, addresses and the range of its pods
 * @param pauseImage the image of every pod's first container
 * @param clusterDns where pods ask for names
 * @param kubeconfig text of the file with which the kubelet reaches the API
 * @param kubeletClients certificates (PEM, RFC 7468) of those who may ask the kubelet
 * @param legacyTools whether its tools {@code iptables} and {@code ip6tables} are those of the older kernel interface
 */
public record NodeSetup(
        NodeSpec spec,
        String pauseImage,
        Inet4Address clusterDns,
        String kubeconfig,
        String kubeletClients,
        boolean legacyTools) {

    /** Configuration of containerd, version 3 of the file (docs/cri/config.md of containerd). */
    String containerd() {
        return """
                version = 3
                root = "/var/lib/containerd"
                state = "/run/containerd"
                disabled_plugins = ["io.containerd.nri.v1.nri"]

                [grpc]
                  address = "/run/containerd/containerd.sock"

                [plugins."io.containerd.internal.v1.opt"]
                  path = "/var/lib/containerd/opt"

                [plugins."io.containerd.cri.v1.images"]
                  snapshotter = "overlayfs"
                [plugins."io.containerd.cri.v1.images".pinned_images]
                  sandbox = "%s"

                # A machine's root may lack CAP_SYS_RESOURCE, without which nobody's badness can be lowered. Profiles
                # of AppArmor would be loaded into the host's kernel and stay.
                [plugins."io.containerd.cri.v1.runtime"]
                  restrict_oom_score_adj = true
                  disable_apparmor = true
                [plugins."io.containerd.cri.v1.runtime".cni]
                  bin_dirs = ["/usr/lib/cni"]
                  conf_dir = "/var/lib/node/cni"
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
                  runtime_type = "io.containerd.runc.v2"
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
                  SystemdCgroup = false
                """.formatted(pauseImage);
    }

    /** KubeletConfiguration, kubelet.config.k8s.io/v1beta1. */
    String kubelet() {
        return """
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
                cgroupDriver: cgroupfs
                cgroupRoot: /
                failCgroupV1: false
                failSwapOn: false
                authentication:
                  anonymous: {enabled: false}
                  webhook: {enabled: true}
                  x509: {clientCAFile: /var/lib/node/kubelet-clients.crt}
                authorization: {mode: Webhook}
                clusterDomain: cluster.local
                clusterDNS: ["%s"]
                resolvConf: /var/lib/node/resolv.conf
                volumePluginDir: /var/lib/kubelet/volume-plugins
                # The disk and the memory are the machine's; how full they are says nothing about the node.
                evictionHard: {memory.available: "0%%", nodefs.available: "0%%", nodefs.inodesFree: "0%%",
                  imagefs.available: "0%%", imagefs.inodesFree: "0%%"}
                imageGCHighThresholdPercent: 100
                """.formatted(clusterDns.getHostAddress());
    }

    /** A wire for each pod and no bridge, which spares the trouble of a bridge's hairpins. */
    String cni() {
        return """
                {"cniVersion": "1.0.0", "name": "lab", "plugins": [
                  {"type": "ptp", "ipMasq": false, "ipam": {
                    "type": "host-local",
                    "ranges": [[{"subnet": "%s", "gateway": "%s"}], [{"subnet": "%s", "gateway": "%s"}]],
                    "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]}},
                  {"type": "portmap", "snat": true, "capabilities": {"portMappings": true}}]}
                """.formatted(
                        spec.podRange().text4(),
                        spec.gateway().text4(),
                        spec.podRange().text6(),
                        spec.gateway().text6());
    }

    /** For the kubelet's {@code --node-ip}. */
    String addresses() {
        return spec.host().addresses().text4() + "," + spec.host().addresses().text6();
    }
}

package io.fairlead.lab.node;

import io.fairlead.lab.run.LabException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a node's programs are.
 *
 * <p>Immutable.
 *
 * @param kubernetes folder with the kubelet
 * @param containerd folder with containerd, its shim for runc, and ctr
 */
public record NodePrograms(Path kubernetes, Path containerd) {

    /** What the distribution has of it. */
    private static final List<Path> OF_DISTRIBUTION =
            List.of(Path.of("/usr/sbin/runc"), Path.of("/usr/lib/cni/ptp"), Path.of("/usr/bin/nsenter"));

    /** @throws LabException if the distribution's part is not there */
    public NodePrograms {
        for (Path program : OF_DISTRIBUTION) {
            if (!Files.isExecutable(program)) {
                throw new LabException("there is no " + program
                        + "; a node needs the packages runc, containernetworking-plugins and util-linux");
            }
        }
    }
}

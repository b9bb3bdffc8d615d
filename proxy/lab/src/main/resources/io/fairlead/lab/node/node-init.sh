# A node of the lab, in three steps:
#
#   enter  is born in the node's network namespace and moves into the node's control groups, so that these
#          are the roots of the control group namespace that it makes;
#   join   moves on into their children "init": version 2 wants no process in a group that has children.
#          It stays as the parent of the next, which dies with it;
#   node   is process 1 of namespaces of its own. When it ends, the kernel ends all that the node ever
#          started, and with the last process its mounts go.
#
# Arguments: the word, then the folders of the control groups. Environment: NODE_NAME, NODE_ADDRESSES (with a comma),
# NODE_FOLDER (becomes /var of the node; its lib/node has the configuration), KUBERNETES and CONTAINERD (folders of
# programs).
set -eu

word=$1
shift

# The host's root file system can be read and not changed; what a node writes is in its folder or in memory. The order
# matters: what is bound must be named before something covers it.
make_file_systems() {
    mkdir -p "$NODE_FOLDER/lib/node/programs/kubernetes" "$NODE_FOLDER/lib/node/programs/containerd"
    mount --bind "$KUBERNETES" "$NODE_FOLDER/lib/node/programs/kubernetes"
    mount --bind "$CONTAINERD" "$NODE_FOLDER/lib/node/programs/containerd"
    mount --rbind "$NODE_FOLDER" /var
    mount -o remount,bind,ro /
    mount -t tmpfs -o mode=755 tmpfs /run
    mount -t tmpfs -o mode=1777 tmpfs /tmp
    mkdir /run/netns /run/lock
    mount -t proc proc /proc
    mount -t sysfs sysfs /sys
}

# Their roots are the node's own groups.
make_cgroups() { # folders as the host sees them
    if [ -e "$1/cgroup.controllers" ]; then
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
            echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
        done
        return
    fi
    mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
    while IFS=: read -r _ controllers group; do
        # Those in which this process has not moved are not the node's: version 2 beside version 1, for example.
        [ "$group" = /init ] || continue
        mkdir "/sys/fs/cgroup/${controllers#name=}"
        mount -t cgroup -o "$controllers" cgroup "/sys/fs/cgroup/${controllers#name=}"
    done </proc/self/cgroup
}

# A kubelet wants these of the host, which are not the lab's to change: it finds files that say so.
pretend() { # parameter value
    echo "$2" >"/run/parameters/${1##*/}"
    [ ! -e "/proc/sys/$1" ] || mount --bind "/run/parameters/${1##*/}" "/proc/sys/$1"
}

pretend_parameters() {
    mkdir /run/parameters
    pretend vm/overcommit_memory 1
    pretend vm/panic_on_oom 0
    pretend kernel/panic 10
    pretend kernel/panic_on_oops 1
    pretend kernel/keys/root_maxkeys 1000000
    pretend kernel/keys/root_maxbytes 25000000
}

run_node() {
    make_file_systems
    make_cgroups "$@"
    pretend_parameters
    echo "$NODE_NAME" >/proc/sys/kernel/hostname
    # As container runtimes want it, which hand mounts on to containers and back.
    mount --make-rshared /
    programs=/var/lib/node/programs
    PATH=/var/lib/node/tools:$programs/containerd:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    export PATH
    keep containerd containerd --config /var/lib/node/containerd.toml &
    until [ -S /run/containerd/containerd.sock ]; do sleep 0.1; done
    keep kubelet "$programs/kubernetes/kubelet" --config=/var/lib/node/kubelet.yaml \
        --kubeconfig=/var/lib/node/kubelet.kubeconfig --hostname-override="$NODE_NAME" --node-ip="$NODE_ADDRESSES" \
        --root-dir=/var/lib/kubelet --cert-dir=/var/lib/kubelet/pki --v=1
}

# Starts it again whenever it ends.
keep() { # name program arguments...
    log=/var/log/$1.log
    shift
    while :; do
        "$@" >>"$log" 2>&1 </dev/null || true
        sleep 1
    done
}

case $word in
    enter)
        for group; do echo 0 >"$group/cgroup.procs"; done
        exec unshare --cgroup sh "$0" join "$@"
        ;;
    join)
        for group; do echo 0 >"$group/init/cgroup.procs"; done
        exec unshare --mount --uts --ipc --pid --fork --kill-child --propagation private sh "$0" node "$@"
        ;;
    node) run_node "$@" ;;
esac

/**
 * What programs write to the cluster: Events about objects, the status of objects, objects that several processes write, and
 * which nodes a DaemonSet is for.
 *
 * <p>Reads only what it must know of an object to speak of it; writes to the API, or YAML files where there is none; never
 * holds up who has something to say, and never says it again and again.
 */
@NullMarked
package io.fairlead.cluster.write;

import org.jspecify.annotations.NullMarked;

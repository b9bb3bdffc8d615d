/**
 * Where requests go: routes of Ingress and Gateway API objects in one typed form, and the table that finds one.
 *
 * <p>Reads values that a translator made of the cluster; writes nothing; never knows an annotation, a
 * Kubernetes client
 * or a connection, and never allocates while a request is looked up.
 */
@NullMarked
package io.fairlead.ingress.route;

import org.jspecify.annotations.NullMarked;

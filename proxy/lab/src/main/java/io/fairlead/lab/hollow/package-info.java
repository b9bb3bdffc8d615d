/**
 * A cluster that is not there: Services, EndpointSlices and Nodes that change at a set rate, as a Kubernetes API server
 * of their own or written into a real one.
 *
 * <p>Reads a shape and a seed; writes answers to HTTP requests, or objects to an API server; never starts a Pod.
 */
@NullMarked
package io.fairlead.lab.hollow;

import org.jspecify.annotations.NullMarked;

/**
 * The way to the Kubernetes API: where its servers are, who we are there, and requests whose answers are streamed.
 *
 * <p>Reads kubeconfig and service account files, and the API; writes what its callers send there; never keeps an answer,
 * and never puts a credential into a message.
 */
@NullMarked
package io.fairlead.cluster.api;

import org.jspecify.annotations.NullMarked;

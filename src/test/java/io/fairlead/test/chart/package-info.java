/**
 * The Helm chart, judged by Helm, an API server, promtool and its own documents. What is tagged {@code all} needs the
 * judges that {@code ./fairlead test --all} builds.
 */
@NullMarked
package io.fairlead.test.chart;

import org.jspecify.annotations.NullMarked;

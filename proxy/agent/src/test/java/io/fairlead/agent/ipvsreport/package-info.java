/** Tests of the report on mode ipvs: a cluster and what a node has in, differences out. */
@NullMarked
package io.fairlead.agent.ipvsreport;

import org.jspecify.annotations.NullMarked;

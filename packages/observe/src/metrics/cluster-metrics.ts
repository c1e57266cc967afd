// The values of metrics of a cluster: none without a lease, and none of hosts while all executors run on one.
import type { Observation } from '../observation.ts';
import type { SeriesOf } from './metric-series.ts';

/** Adds the values. */
export function addClusterMetrics({ gauges, lostHosts }: Observation, seriesOf: SeriesOf): void {
  const reading = gauges.newest;
  if (reading?.lease !== undefined) {
    const { state, epoch, isCertain } = reading.lease;
    seriesOf('millrace.lease.held').add(state === 'in-charge' ? 1 : 0);
    seriesOf('millrace.lease.certain').add(isCertain === undefined ? undefined : Number(isCertain));
    seriesOf('millrace.lease.epoch').add(epoch);
  }
  if (reading?.spansHosts === true) {
    seriesOf('millrace.host.active').add(new Set(reading.executors.map(({ host }) => host)).size);
    seriesOf('millrace.host.losses').add(lostHosts.count);
  }
}

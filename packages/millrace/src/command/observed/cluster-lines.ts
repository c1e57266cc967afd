// The lease and the hosts of a cluster in lines for people; none without a cluster.
import type { EngineState } from '@millrace/observe';
import { count, counted, duration } from '../text/figures.ts';

const LEASE_STATES: Readonly<Record<NonNullable<EngineState['lease']>['state'], string>> = {
  waiting: 'not asked yet',
  standby: 'standing by',
  'in-charge': 'in charge',
  ended: 'given up or lost',
};

/** A line for the lease, and a line for the hosts. */
export function clusterLines({
  lease,
  hosts,
  timeMs,
}: Pick<EngineState, 'lease' | 'hosts' | 'timeMs'>): readonly string[] {
  return [...leaseLines(lease, timeMs), ...hostLines(hosts, timeMs)];
}

function leaseLines(lease: EngineState['lease'], timeMs: number): readonly string[] {
  if (lease === undefined) return [];
  const { state, sinceMs, epoch, isCertain, holder } = lease;
  const parts = [
    `${LEASE_STATES[state]} for ${duration(Math.max(0, timeMs - sinceMs))}`,
    ...(epoch === undefined ? [] : [`epoch ${count(epoch)}`]),
    ...(isCertain === undefined ? [] : [isCertain ? 'certain' : 'not certain: no job begins']),
    ...(holder === undefined ? [] : [`in charge: ${holder}`]),
  ];
  return [`lease: ${parts.join(', ')}`];
}

function hostLines(hosts: EngineState['hosts'], timeMs: number): readonly string[] {
  if (hosts === undefined) return [];
  const alive = hosts.filter(({ state }) => state === 'alive');
  const sum = (of: 'executors' | 'slots' | 'runningTasks') =>
    alive.reduce((total, host) => total + host[of], 0);
  const lost = hosts.flatMap(({ name, lost: loss }) =>
    loss === undefined ? [] : [`; ${name} was lost ${duration(Math.max(0, timeMs - loss.timeMs))} ago`],
  );
  const busy = `${count(sum('runningTasks'))} of ${counted(sum('slots'), 'slot')} busy`;
  return [
    `cluster: ${counted(alive.length, 'host')}, ${counted(sum('executors'), 'executor')}, ${busy}${lost.join('')}`,
  ];
}

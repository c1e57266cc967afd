// What is left of a cluster after quiet minutes and the stop of the application: nothing but the last messages of each stream.
import type { SimClock } from '../sim-clock.ts';
import type { SimProcess } from '../sim-process.ts';
import type { ClusterEvidence } from './check-cluster.ts';
import type { Machine } from './machine.ts';

/** The input. */
export interface ClusterAtRest extends ClusterEvidence {
  readonly clock: SimClock;
  readonly processes: readonly SimProcess[];
  readonly machines: readonly Machine[];
}

/** The most messages that may stay in each stream. */
const MESSAGES_MAX: Readonly<Record<string, number>> = {
  META: 300,
  CKPT: 40,
  BLK_0: 40,
  BLK_1: 40,
  BLK_2: 40,
};

/** See the header of this file. */
export function checkClusterAtRest({ servers, clock, processes, machines, violated }: ClusterAtRest): void {
  for (const process of processes) {
    const timers = clock.waitingFor(process);
    if (timers > 0) violated('at rest', `${process.name} has ${timers} timers after its end`);
  }
  for (const { name, openLinks } of machines)
    if (openLinks > 0) violated('at rest', `machine ${name} has ${openLinks} open links`);
  if (servers.streams.consumers > 0)
    violated('at rest', `the servers have ${servers.streams.consumers} consumers`);
  for (const [stream, most] of Object.entries(MESSAGES_MAX)) {
    const messages = servers.messagesOf(stream);
    if (messages > most) violated('at rest', `the stream ${stream} still has ${messages} messages`);
  }
}

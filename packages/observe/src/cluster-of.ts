// The lease and the hosts of a cluster as plain data of the schema; nothing without a cluster.
import type { EngineReading, ExecutorReading } from '@millrace/core/observation';
import type { Observation } from './observation.ts';
import type { EngineState, ObservedHost } from './schema/engine-state.ts';

/** The fields of a state that only a cluster has. */
export function clusterOf(observation: Observation): Pick<EngineState, 'lease' | 'hosts'> {
  const lease = observation.gauges.newest?.lease;
  const hosts = hostsOf(observation);
  return {
    ...(lease === undefined ? {} : { lease: { ...lease } }),
    ...(hosts === undefined ? {} : { hosts }),
  };
}

/** Hosts with executors, and then lost hosts; undefined while all executors run on the host of the driver. */
export function hostsOf({ gauges, lostHosts }: Observation): readonly ObservedHost[] | undefined {
  const reading = gauges.newest;
  if (reading?.spansHosts !== true) return undefined;
  const alive = aliveHosts(reading);
  const names = new Set(alive.map(({ name }) => name));
  const lost = lostHosts.all().filter(({ host }) => !names.has(host));
  return [
    ...alive,
    ...lost.map(({ host, reason, timeMs }) => ({
      name: host,
      state: 'lost' as const,
      executors: 0,
      slots: 0,
      runningTasks: 0,
      receivers: 0,
      lost: { reason, timeMs },
    })),
  ];
}

function aliveHosts({ executors }: EngineReading): readonly ObservedHost[] {
  const byHost = Map.groupBy(executors, ({ host }) => host);
  return [...byHost].map(([name, here]) => {
    const ages = here.flatMap(({ ageMs }) => ageMs ?? []);
    return {
      name,
      state: 'alive',
      executors: here.length,
      slots: sum(here, ({ cores }) => cores),
      runningTasks: sum(here, ({ runningTasks }) => runningTasks),
      receivers: sum(here, ({ receivers }) => receivers.length),
      ...(ages.length === 0 ? {} : { answerAgeMs: ages.reduce((least, ageMs) => Math.min(least, ageMs)) }),
    };
  });
}

function sum(executors: readonly ExecutorReading[], amount: (executor: ExecutorReading) => number): number {
  return executors.reduce((total, executor) => total + amount(executor), 0);
}

// The time for placing 10,000 receivers on 1,000 executors, all at once, and one of them again.
import type {
  ExecutorDescription,
  ReceiverDescription,
  ReceiverPlacement,
  SchedulingPolicy,
} from '@millrace/core';
import { LoadBalancedSchedulingPolicy } from '@millrace/core/engine';
import { LocalitySchedulingPolicy, RoundRobinSchedulingPolicy } from '@millrace/scheduling';
import { median } from '../runner/statistics.ts';
import type { BenchProbe, BenchSuite, BenchWorkload, Budget } from '../runner/suite.ts';

const RECEIVERS = 10_000;
const EXECUTORS = 1_000;
const CORES = 16;
const HOSTS = 250;
/** One of this many receivers has a preferred host. */
const WITH_A_WISH = 3;
const BUDGET_MS = 100;

const TIME = 'time';

/** The input of a policy. */
interface Cluster {
  readonly executors: readonly ExecutorDescription[];
  readonly receivers: readonly ReceiverDescription[];
  readonly placements: readonly ReceiverPlacement[];
}

/** The suite `policies`. */
export const policiesSuite: BenchSuite = {
  name: 'policies',
  purpose: 'time for placing 10,000 receivers on 1,000 executors',
  unit: 'placements',
  contenders: 3,
  metrics: [{ name: TIME, unit: 'ms', better: 'less' }],
  roundsAtMost: 5,
  workloads: [
    benchWorkload('all receivers', (policy, { receivers, executors }) => {
      const placed = policy.scheduleReceivers(receivers, executors);
      if (placed.size !== RECEIVERS) throw new Error(`${placed.size} receivers were placed`);
    }),
    benchWorkload('one receiver while the others run', (policy, { placements, executors }) => {
      const places = policy.rescheduleReceiver({ streamId: 0 }, placements, executors);
      if (places.length === 0) throw new Error('the receiver was not placed');
    }),
  ],
};

function benchWorkload(
  name: string,
  place: (policy: SchedulingPolicy, cluster: Cluster) => void,
): BenchWorkload {
  const budgetOf = ({ name: contender }: SchedulingPolicy): Budget => ({
    contender,
    metric: TIME,
    atMost: BUDGET_MS,
    line: 'policies',
  });
  return {
    name,
    makeCases: () => {
      const cluster = makeCluster();
      return policies().map((policy) => probeOf(policy.name, () => place(policy, cluster)));
    },
    budgets: policies().map(budgetOf),
  };
}

function policies(): readonly SchedulingPolicy[] {
  return [
    new RoundRobinSchedulingPolicy(),
    new LocalitySchedulingPolicy(),
    new LoadBalancedSchedulingPolicy(),
  ];
}

/** The median of ten repetitions, after a warm-up. */
function probeOf(name: string, place: () => void): BenchProbe {
  return {
    name,
    measure: async ({ isQuick }) => {
      const times: number[] = [];
      for (let count = isQuick ? 0 : -3; count < (isQuick ? 1 : 10); count += 1) {
        const from = performance.now();
        place();
        if (count >= 0) times.push(performance.now() - from);
      }
      return { [TIME]: median(times) };
    },
    close: async () => {},
  };
}

function makeCluster(): Cluster {
  const executors = Array.from({ length: EXECUTORS }, (_, at) => ({
    executorId: `executor-${at}`,
    host: `host-${at % HOSTS}`,
    cores: CORES,
  }));
  const receivers = Array.from({ length: RECEIVERS }, (_, streamId) =>
    streamId % WITH_A_WISH === 0 ? { streamId, preferredHost: `host-${streamId % HOSTS}` } : { streamId },
  );
  return { executors, receivers, placements: receivers.map((receiver) => placementOf(receiver, executors)) };
}

/** All receivers but the first are running. */
function placementOf(
  { streamId }: ReceiverDescription,
  executors: readonly ExecutorDescription[],
): ReceiverPlacement {
  const runningExecutor = executors[streamId % EXECUTORS];
  return streamId === 0 || runningExecutor === undefined
    ? { streamId, state: 'INACTIVE', scheduledLocations: [] }
    : { streamId, state: 'ACTIVE', scheduledLocations: [], runningExecutor };
}

// An observer of drivers: reads the gauges of a running engine at random moments, and compares the readings with other
// accounts of the engine and of the world. Nothing waits at rest.
import { isDeepStrictEqual } from 'node:util';
import type { RandomSource } from '@millrace/core';
import type { EngineReading } from '@millrace/core/observation';
import type { Plan } from './plan.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimDriver } from './sim-driver.ts';

const READ_AFTER_MS = { least: 200, most: 2_000 };

/** The collaborators of an observer. */
export interface GaugeWatch {
  readonly plan: Plan;
  readonly clock: SimClock;
  readonly random: RandomSource;
  readonly violated: (promise: string, what: string) => void;
}

/** Observes one life of a driver, unless the plan has no observer. */
export function watchGauges({ process, ssc }: SimDriver, watch: GaugeWatch): void {
  const { plan, clock, random, violated } = watch;
  if (plan.settings?.readsGauges !== true) return;
  // The owner lives as long as the process, without being part of the process.
  const owner = {
    get isAlive() {
      return process.isAlive;
    },
  };
  let before: EngineReading | undefined;
  const read = () => {
    const reading = ssc.gauges.read();
    const isNew = reading !== before;
    before = reading;
    if (reading === undefined) violated('GAUGE-5', 'a driver has no gauges');
    else {
      checkPlain(reading, violated);
      if (isNew) checkReading(reading, ssc, { isShared: plan.executors === 0, violated });
    }
    readLater();
  };
  const readLater = () => {
    const { least, most } = READ_AFTER_MS;
    clock.after(owner, least + random.integer(most - least), read);
  };
  readLater();
}

/** A reading is plain and frozen data, of finite amounts. */
export function checkPlain(reading: EngineReading, violated: GaugeWatch['violated']): void {
  const text = JSON.stringify(reading);
  // JSON loses fields without a value and classes, and has null for a number that is not finite.
  if (!isDeepStrictEqual(JSON.parse(text), reading))
    violated('GAUGE-4', `a reading is no plain data: ${text}`);
  if (!isDeeplyFrozen(reading)) violated('GAUGE-4', 'a reading is not frozen');
}

/** A new reading has the amounts that the context has at the same moment. */
function checkReading(
  { state, batches, receivers, executors }: EngineReading,
  ssc: SimDriver['ssc'],
  { isShared, violated }: { readonly isShared: boolean; readonly violated: GaugeWatch['violated'] },
): void {
  const status = ssc.status();
  const wrong = (what: string, read: unknown, expected: unknown) => {
    if (JSON.stringify(read) === JSON.stringify(expected)) return;
    violated(
      'GAUGE-2',
      `gauges have ${what} ${JSON.stringify(read)}, the context ${JSON.stringify(expected)}`,
    );
  };
  wrong('the state', state, status.state);
  wrong('held batches', batches.held, status.heldBatches);
  wrong('queued batches', batches.queued, status.behind.waiting);
  wrong('unallocated records', batches.unallocatedRecords, status.behind.unallocatedRecords);
  const registered = receivers.map(({ streamId, records }) => [streamId, records]);
  wrong(
    'registered records',
    registered,
    status.receivers.map(({ streamId, records }) => [streamId, records]),
  );
  if (!isShared) return;
  const { underWay } = ssc.holdings();
  const all = executors.flatMap((executor) => executor.receivers);
  const sum = (of: 'waitingBlocks' | 'waitingBytes') => all.reduce((total, one) => total + one[of], 0);
  wrong('waiting blocks', sum('waitingBlocks'), underWay['receiving.heldBlocks'] ?? 0);
  wrong('waiting bytes', sum('waitingBytes'), underWay['receiving.heldBytes'] ?? 0);
}

/** The amounts of a quiet engine that are not 0 although nothing is under way. */
export function amountsAtRest({ batches, executors }: EngineReading): readonly string[] {
  const receivers = executors.flatMap((executor) => executor.receivers);
  const amounts = [
    ['held batches', batches.held.length],
    ['unallocated records', batches.unallocatedRecords],
    ...receivers.flatMap(
      ({ streamId, waitingRecords, waitingBlocks, waitingBytes, unacknowledgedRecords }) => [
        [`waiting records of stream ${streamId}`, waitingRecords] as const,
        [`waiting blocks of stream ${streamId}`, waitingBlocks] as const,
        [`waiting bytes of stream ${streamId}`, waitingBytes] as const,
        [`unacknowledged records of stream ${streamId}`, unacknowledgedRecords] as const,
      ],
    ),
  ] as const;
  return amounts.filter(([, amount]) => amount !== 0).map(([name, amount]) => `${name} ${amount}`);
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}

// Puts the reading of an engine together from its parts: the driver's own account, the executors, the thread.
import { type Clock, msUntil, type ReceiverInfo } from '@millrace/core';
import type { EngineReading, ExecutorReading, StateInfo, ThreadReading } from '@millrace/core/observation';
import type { Driver } from '../driver/driver.ts';
import { logReading } from '../executor/log-reading.ts';
import type { DStreamGraph } from '../graph/dstream-graph.ts';
import type { NewestAmounts } from './newest-amounts.ts';

/** The parts of a reading. */
export interface ReadingParts {
  readonly application: string;
  readonly state: EngineReading['state'];
  readonly batchIntervalMs: number;
  readonly clock: Clock;
  /** Undefined before the start. */
  readonly driver: Driver | undefined;
  readonly executors: readonly ExecutorReading[];
  /** True when executors may run on several hosts. */
  readonly spansHosts: boolean;
  readonly thread: ThreadReading;
  readonly graph: Pick<DStreamGraph, 'streams'>;
  readonly amounts: NewestAmounts;
  readonly droppedEvents: number;
}

/** The reading at this moment. */
export function engineReading(parts: ReadingParts): EngineReading {
  const { application, state, batchIntervalMs, clock, driver, executors, thread, droppedEvents } = parts;
  const { states, watermarks } = parts.amounts;
  const lease = driver?.leaseReading;
  const log = logReading(() => driver?.logGauges());
  return {
    application,
    state,
    timeMs: clock.now(),
    batchIntervalMs,
    receivers: driver?.receiverInfos().map((info) => receiver(info, driver)) ?? [],
    batches: batches(clock, driver),
    executors,
    driver: thread,
    ...(parts.spansHosts ? { spansHosts: true } : {}),
    ...(lease === undefined ? {} : { lease: { ...lease } }),
    ...(log === undefined ? {} : { log }),
    states: statesOf(states, sizesOf(parts)),
    watermarks: watermarks.map((watermark) => ({ ...watermark })),
    droppedEvents,
  };
}

function statesOf(states: readonly StateInfo[], sizes: ReadonlyMap<string, number>): EngineReading['states'] {
  return states.map(({ operator, keys }) => {
    const sizeBytes = sizes.get(operator);
    return { operator, keys, ...(sizeBytes === undefined ? {} : { sizeBytes }) };
  });
}

/** The bytes of each state by the name of its operator: checkpoints name the stream with the state. */
function sizesOf({ driver, graph }: ReadingParts): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { id, shownId } of graph.streams) {
    const size = driver?.stateSizes.get(id);
    if (size !== undefined) sizes.set(shownId, size);
  }
  return sizes;
}

function batches(clock: Clock, driver: Driver | undefined): EngineReading['batches'] {
  if (driver === undefined)
    return { queued: 0, notMade: 0, held: [], oldestDelayMs: 0, unallocatedRecords: 0 };
  const { waiting, notMade, oldest, unallocatedRecords } = driver.batchesBehind();
  return {
    queued: waiting,
    notMade,
    held: [...driver.heldBatches],
    oldestDelayMs: oldest === undefined ? 0 : Math.max(0, -msUntil(clock, oldest)),
    unallocatedRecords,
  };
}

function receiver(info: ReceiverInfo, driver: Driver): EngineReading['receivers'][number] {
  const { records, blocks } = driver.registeredBy(info.streamId);
  const { lastError, ...others } = info;
  return {
    ...others,
    ...(lastError === undefined ? {} : { lastError: asJson(lastError) }),
    records,
    blocks,
  };
}

/** Details of an error may be dates, maps and other values that JSON does not have. */
function asJson<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => {
      if (typeof inner === 'bigint') return String(inner);
      return inner instanceof Map || inner instanceof Set ? [...inner] : inner;
    }),
  ) as T;
}

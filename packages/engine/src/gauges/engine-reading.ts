// Puts the reading of an engine together from its parts: the driver's own account, the executors, the thread.
import { type Clock, msUntil, type ReceiverInfo } from '@millrace/core';
import type { EngineReading, ExecutorReading, ThreadReading } from '@millrace/core/observation';
import type { Driver } from '../driver/driver.ts';

/** The parts of a reading. */
export interface ReadingParts {
  readonly application: string;
  readonly state: EngineReading['state'];
  readonly batchIntervalMs: number;
  readonly clock: Clock;
  /** Undefined before the start. */
  readonly driver: Driver | undefined;
  readonly executors: readonly ExecutorReading[];
  readonly thread: ThreadReading;
  readonly droppedEvents: number;
}

/** The reading at this moment. */
export function engineReading(parts: ReadingParts): EngineReading {
  const { application, state, batchIntervalMs, clock, driver, executors, thread, droppedEvents } = parts;
  return {
    application,
    state,
    timeMs: clock.now(),
    batchIntervalMs,
    receivers: driver?.receiverInfos().map((info) => receiver(info, driver)) ?? [],
    batches: batches(clock, driver),
    executors,
    driver: thread,
    states: [],
    watermarks: [],
    droppedEvents,
  };
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

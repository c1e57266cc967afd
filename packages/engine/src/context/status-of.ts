// Puts the status of an engine together from its parts.
import { type Clock, msUntil, type ReceiverInfo } from '@millrace/core';
import { serializeError } from '@millrace/core/engine';
import type { Driver, RegisteredAmounts } from '../driver/driver.ts';
import type { EngineStatus, ErrorStatus, ReceiverStatus } from './engine-status.ts';
import type { StatusCounts } from './status-counts.ts';

/** The parts of a status. */
export interface StatusParts {
  readonly application: string;
  readonly state: EngineStatus['state'];
  readonly batchIntervalMs: number;
  readonly clock: Clock;
  /** Undefined before the start, and on executors. */
  readonly driver: Driver | undefined;
  readonly counts: StatusCounts;
  readonly failure: { readonly error: unknown; readonly timeMs: number } | undefined;
}

/** The status at this moment, frozen. */
export function statusOf(parts: StatusParts): EngineStatus {
  const { application, state, batchIntervalMs, clock, driver, counts, failure } = parts;
  const timeMs = clock.now();
  const { lastCompletedBatch, totals } = counts;
  const { oldest, ...behind } = driver?.batchesBehind() ?? NOTHING_BEHIND;
  return Object.freeze({
    application,
    state,
    timeMs,
    batchIntervalMs,
    receivers: Object.freeze(driver?.receiverInfos().map((info) => receiver(info, driver)) ?? []),
    heldBatches: Object.freeze([...(driver?.heldBatches ?? [])]),
    behind: Object.freeze({
      ...behind,
      oldestDelayMs: oldest === undefined ? 0 : Math.max(0, -msUntil(clock, oldest)),
    }),
    ...(lastCompletedBatch === undefined ? {} : { lastCompletedBatch }),
    totals: Object.freeze(totals),
    ...(failure === undefined ? {} : { failure: failureOf(failure) }),
  });
}

const NOTHING_BEHIND = { waiting: 0, notMade: 0, oldest: undefined, unallocatedRecords: 0 };

function receiver(info: ReceiverInfo, driver: Driver): ReceiverStatus {
  const { streamId, name, state, host, executorId, restarts } = info;
  const { lastError, lastErrorMessage: message, lastErrorMs: timeMs = 0 } = info;
  const { records, blocks }: RegisteredAmounts = driver.registeredBy(streamId);
  return Object.freeze({
    streamId,
    name,
    state,
    ...(host === undefined ? {} : { host }),
    ...(executorId === undefined ? {} : { executorId }),
    restarts,
    records,
    blocks,
    ...(message === undefined ? {} : { lastError: errorOf(message, lastError?.code, timeMs) }),
  });
}

function failureOf({ error, timeMs }: { readonly error: unknown; readonly timeMs: number }): ErrorStatus {
  const { message, code } = serializeError(error);
  return errorOf(message, code, timeMs);
}

function errorOf(message: string, code: string | undefined, timeMs: number): ErrorStatus {
  return Object.freeze({ message, ...(code === undefined ? {} : { code }), timeMs });
}

// How receivers are run: block sizes, bounds, rates, retries. Every bound of receiving is here, with its default and
// what happens at it.
import { coreError, heapLimitBytes } from '@millrace/core';

/** Options of receiving. They apply to each receiver by itself. Times in milliseconds, sizes in bytes. */
export interface ReceivingOptions {
  /**
   * How often the records that came are cut into a block. Default 200: at a batch interval of a second that makes
   * five blocks, so five tasks, per receiver and batch. At least 1.
   */
  readonly blockIntervalMs: number;
  /**
   * A block is cut when it holds this many records. Default 131,072: above half a million records a second this cuts
   * before the interval does, and keeps one block a piece of work for a fraction of a second. What comes at once
   * (one `storeText`, one `storeBlock`) is not divided.
   */
  readonly maxRecordsPerBlock: number;
  /** A block is cut when it holds this many bytes, as estimated. Default 16 MiB, a write that a disk takes at once. */
  readonly maxBytesPerBlock: number;
  /** Blocks that wait for their push. When so many wait `store` answers false. Default 10. */
  readonly blockQueueSize: number;
  /**
   * The hard bound of BLK-2 in records between `store` and the block handler. From half of it on `store` answers
   * false; at it, `store` throws `MR_RECEIVER_OVERRUN`. It also bounds how many records are taken after false.
   * Default 4,194,304. At least twice `maxRecordsPerBlock`.
   */
  readonly maxHeldRecords: number;
  /** The hard bound of BLK-2 in bytes; else as above. Default 256 MiB, at most a sixteenth of the heap. At least twice `maxBytesPerBlock`. */
  readonly maxHeldBytes: number;
  /** Records per second that a receiver may store, whatever rate control says. Default 0: no limit. */
  readonly maxRate: number;
  /** Bytes per second that a receiver may store. Default 0: no limit. */
  readonly maxBytesPerSecond: number;
  /** How often the grants of the two rates are refilled, while they are not full. Default 20. */
  readonly rateTickMs: number;
  /**
   * How much of an unused rate is saved up, in milliseconds' worth. Default 100: more smooths less, less costs
   * throughput when the event loop is busy for a while.
   */
  readonly rateBurstMs: number;
  /** How often storing a block is tried in all. Waiting for room (disposition `back-off`) is not counted. Default 5. */
  readonly pushAttempts: number;
  /** The wait before a block, or its registration, is tried again; it doubles, with jitter. Default 100. */
  readonly pushRetryDelayMs: number;
  /** The longest wait between two tries. Default 5,000. */
  readonly pushRetryDelayMaxMs: number;
  /** From the end of a receiver that asked for a restart to its new start. Default 2,000. */
  readonly restartDelayMs: number;
  /** That wait doubles, with jitter, while restarts follow each other, up to this. Default 60,000. */
  readonly restartDelayMaxMs: number;
  /** A receiver that ran for this long is healthy again: its next restart waits `restartDelayMs`. Default 60,000. */
  readonly healthyAfterMs: number;
  /**
   * How long a receiver may take to return from `acknowledge`, `stop` or `closed`. A late `acknowledge` counts as
   * failed; after a late `stop` or `closed` the engine goes on and says so. Default 30,000.
   */
  readonly receiverCallTimeoutMs: number;
}

/** What applies where nothing is said, where the heap is large enough for it. */
export const DEFAULT_RECEIVING_OPTIONS: ReceivingOptions = Object.freeze({
  blockIntervalMs: 200,
  maxRecordsPerBlock: 131_072,
  maxBytesPerBlock: 16 * 2 ** 20,
  blockQueueSize: 10,
  maxHeldRecords: 4_194_304,
  maxHeldBytes: 256 * 2 ** 20,
  maxRate: 0,
  maxBytesPerSecond: 0,
  rateTickMs: 20,
  rateBurstMs: 100,
  pushAttempts: 5,
  pushRetryDelayMs: 100,
  pushRetryDelayMaxMs: 5_000,
  restartDelayMs: 2_000,
  restartDelayMaxMs: 60_000,
  healthyAfterMs: 60_000,
  receiverCallTimeoutMs: 30_000,
});

/** Options that may be 0; `maxRate` and its like need not be whole numbers. Everything else is a whole number from 1. */
const FROM_ZERO: ReadonlySet<string> = new Set([
  'maxRate',
  'maxBytesPerSecond',
  'restartDelayMs',
  'healthyAfterMs',
]);
const RATES: ReadonlySet<string> = new Set(['maxRate', 'maxBytesPerSecond']);

/** Pairs of which the first must be at least `factor` times the second. */
const AT_LEAST: readonly {
  larger: keyof ReceivingOptions;
  factor: number;
  smaller: keyof ReceivingOptions;
}[] = [
  { larger: 'maxHeldRecords', factor: 2, smaller: 'maxRecordsPerBlock' },
  { larger: 'maxHeldBytes', factor: 2, smaller: 'maxBytesPerBlock' },
  { larger: 'rateBurstMs', factor: 1, smaller: 'rateTickMs' },
  { larger: 'pushRetryDelayMaxMs', factor: 1, smaller: 'pushRetryDelayMs' },
  { larger: 'restartDelayMaxMs', factor: 1, smaller: 'restartDelayMs' },
];

/**
 * Fills in the defaults and checks the rest.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` for an unknown name, a wrong value, or two that do not go together.
 */
export function resolveReceivingOptions(given: Partial<ReceivingOptions> = {}): ReceivingOptions {
  const { maxBytesPerBlock = DEFAULT_RECEIVING_OPTIONS.maxBytesPerBlock } = given;
  const options: Record<keyof ReceivingOptions, number> = {
    ...DEFAULT_RECEIVING_OPTIONS,
    maxHeldBytes: heldBytesFor(heapLimitBytes(), maxBytesPerBlock),
  };
  for (const [name, value] of Object.entries(given)) {
    if (!isOptionName(name)) {
      throw invalid(name, value, `one of ${Object.keys(DEFAULT_RECEIVING_OPTIONS).join(', ')}`);
    }
    if (value === undefined) continue;
    checkValue(name, value);
    options[name] = value;
  }
  for (const { larger, factor, smaller } of AT_LEAST) {
    const least = options[smaller] * factor;
    if (options[larger] >= least) continue;
    const relation = factor === 1 ? smaller : `${factor} × ${smaller}`;
    throw invalid(larger, options[larger], `at least ${relation}, that is ${least}`);
  }
  return Object.freeze(options);
}

/** What one receiver may hold by default, in bytes: at least two blocks, else there could not be one after another. */
export function heldBytesFor(heapBytes: number, maxBytesPerBlock: number): number {
  const wanted = Math.min(DEFAULT_RECEIVING_OPTIONS.maxHeldBytes, Math.floor(heapBytes / 16));
  const least = 2 * maxBytesPerBlock;
  // What is no size at all is refused later, by its own name.
  return Number.isSafeInteger(least) ? Math.max(wanted, least) : wanted;
}

function isOptionName(name: string): name is keyof ReceivingOptions {
  return Object.hasOwn(DEFAULT_RECEIVING_OPTIONS, name);
}

function checkValue(name: string, value: unknown): void {
  const least = FROM_ZERO.has(name) ? 0 : 1;
  const isNumber = RATES.has(name) ? Number.isFinite(value) : Number.isSafeInteger(value);
  if (isNumber && (value as number) >= least) return;
  throw invalid(name, value, `a ${RATES.has(name) ? '' : 'whole '}number, at least ${least}`);
}

function invalid(name: string, value: unknown, expected: string): Error {
  return coreError(
    'MR_CONFIG_INVALID_OPTION',
    `receiving.${name}: expected ${expected}, got ${String(value)}`,
    {
      details: { option: `receiving.${name}`, value, expected },
    },
  );
}

// The options of running receivers: block sizes, bounds, rates, retries. Every bound of receiving is here, with its
// default and the reaction at the bound.
import {
  heapLimitBytes,
  isOptions,
  numberFromZero,
  option,
  type OptionTable,
  resolveOptions,
  wholeNumber,
} from '@millrace/core/engine';

const OWNER = 'StreamingContext';

/** Options of receiving, for each receiver separately. Times in milliseconds, sizes in bytes. */
export interface ReceivingOptions {
  /**
   * The longest time before new records are cut into a block. Records whose source waits for an acknowledgement are cut
   * at once. All blocks of one interval are one partition of a batch. Default 200: at a batch interval of a second that
   * makes five tasks per receiver and batch. At least 1.
   */
  readonly blockIntervalMs: number;
  /**
   * The number of records at which a block is cut. Default 131,072: above half a million records a second this cuts
   * before the interval does, and keeps one block a piece of work for a fraction of a second. Records that arrive at
   * once (one `storeText`, one `storeBlock`) are not divided.
   */
  readonly maxRecordsPerBlock: number;
  /** The estimated number of bytes at which a block is cut. Default 16 MiB, a write that a disk takes at once. */
  readonly maxBytesPerBlock: number;
  /**
   * Blocks that wait for their push. When that many wait, `store` returns false. Default 10, or with a block handler that may
   * wait for some time (`stallMs`) the blocks of that time and 4 more.
   */
  readonly blockQueueSize: number;
  /**
   * The hard bound of BLK-2 in records between `store` and the block handler. From half of it on `store` returns false;
   * at it, `store` throws `MR_RECEIVER_OVERRUN`. The bound also limits the records accepted after false. Default
   * 4,194,304. At least twice `maxRecordsPerBlock`.
   */
  readonly maxHeldRecords: number;
  /**
   * The hard bound of BLK-2 in bytes; otherwise as above. Default 256 MiB, at most a sixteenth of the heap. At least
   * twice `maxBytesPerBlock`.
   */
  readonly maxHeldBytes: number;
  /** Records per second that a receiver may store, beside the limits of rate control. Default 0: no limit. */
  readonly maxRate: number;
  /** Bytes per second that a receiver may store. Default 0: no limit. */
  readonly maxBytesPerSecond: number;
  /** The interval of refilling the two rates, while they are not full. Default 20. */
  readonly rateTickMs: number;
  /**
   * The unused rate that accumulates, in milliseconds' worth. Default 100. More smooths less, less costs throughput
   * when the event loop is busy for a while.
   */
  readonly rateBurstMs: number;
  /** The attempts to store a block, in all. Waiting for room (disposition `back-off`) is not counted. Default 5. */
  readonly pushAttempts: number;
  /** The delay before a block, or its registration, is tried again; doubles, with jitter. Default 100. */
  readonly pushRetryDelayMs: number;
  /** The longest delay between two tries. Default 5,000. */
  readonly pushRetryDelayMaxMs: number;
  /** From the end of a receiver that requested a restart to its new start. Default 2,000. */
  readonly restartDelayMs: number;
  /** The bound of that delay, which doubles, with jitter, while restarts follow each other. Default 60,000. */
  readonly restartDelayMaxMs: number;
  /**
   * A receiver that ran for this long, from its resolved `start` on, is healthy again: its next restart waits
   * `restartDelayMs`, and earlier restarts no longer count. Default 60,000.
   */
  readonly healthyAfterMs: number;
  /**
   * The restarts in a row after which a receiver is given up: the next failure stops the engine with
   * `MR_RECEIVER_GAVE_UP`. A whole number from 0, or `Infinity`. Default Infinity: sources come back.
   */
  readonly maxRestarts: number;
  /**
   * The time limit of `acknowledge`, `stop` and `closed`. A late `acknowledge` counts as failed; after a late `stop` or
   * `closed` the engine continues and logs the delay. Default 30,000.
   */
  readonly receiverCallTimeoutMs: number;
}

/** The rules of the options. */
export const RECEIVING_OPTION_RULES: OptionTable<ReceivingOptions> = {
  blockIntervalMs: wholeNumber(200),
  maxRecordsPerBlock: wholeNumber(131_072),
  maxBytesPerBlock: wholeNumber(16 * 2 ** 20),
  blockQueueSize: wholeNumber(10),
  maxHeldRecords: wholeNumber(4_194_304),
  maxHeldBytes: wholeNumber(256 * 2 ** 20),
  maxRate: numberFromZero(0),
  maxBytesPerSecond: numberFromZero(0),
  rateTickMs: wholeNumber(20),
  rateBurstMs: wholeNumber(100),
  pushAttempts: wholeNumber(5),
  pushRetryDelayMs: wholeNumber(100),
  pushRetryDelayMaxMs: wholeNumber(5_000),
  restartDelayMs: wholeNumber(2_000, 0),
  restartDelayMaxMs: wholeNumber(60_000),
  healthyAfterMs: wholeNumber(60_000, 0),
  maxRestarts: option(
    'a whole number, at least 0, or Infinity',
    (value) => value === Infinity || (Number.isSafeInteger(value) && Number(value) >= 0),
    Infinity,
  ),
  receiverCallTimeoutMs: wholeNumber(30_000),
};

/** The defaults, where the heap is large enough. */
export const DEFAULT_RECEIVING_OPTIONS: ReceivingOptions = resolveOptions({
  owner: OWNER,
  table: RECEIVING_OPTION_RULES,
  given: {},
});

/** Pairs of options of which the first must be at least `factor` times the second. */
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

/** The blocks of a stall that a queue has room for beside the blocks of the stall: in the push, and just cut. */
const SPARE_BLOCKS = 4;

/**
 * The default number of waiting blocks, for a block handler that may wait for `stallMs`.
 *
 * @param blockIntervalMs As given; a wrong interval is refused under its own name.
 */
export function queueSizeFor(stallMs: number, blockIntervalMs: unknown): number {
  const least = DEFAULT_RECEIVING_OPTIONS.blockQueueSize;
  const intervalMs = Number.isSafeInteger(blockIntervalMs) ? Number(blockIntervalMs) : undefined;
  const blocks = Math.ceil(stallMs / Math.max(1, intervalMs ?? DEFAULT_RECEIVING_OPTIONS.blockIntervalMs));
  return stallMs > 0 ? Math.max(least, blocks + SPARE_BLOCKS) : least;
}

/**
 * Fills in the defaults and checks the rest.
 *
 * @param stallMs The time for which the block handler may wait, see `ReceivedBlockHandler.stallMs`.
 * @throws `MR_CONFIG_INVALID_OPTION` with every unknown name, every wrong value and every conflict.
 */
export function resolveReceivingOptions(
  given: Partial<ReceivingOptions> = {},
  stallMs = 0,
): ReceivingOptions {
  const fields: Partial<Record<string, unknown>> = isOptions(given) ? given : {};
  const perBlock = fields['maxBytesPerBlock'];
  const bytes = typeof perBlock === 'number' ? perBlock : DEFAULT_RECEIVING_OPTIONS.maxBytesPerBlock;
  const maxHeldBytes = wholeNumber(heldBytesFor(heapLimitBytes(), bytes));
  const blockQueueSize = wholeNumber(queueSizeFor(stallMs, fields['blockIntervalMs']));
  return resolveOptions({
    owner: OWNER,
    path: 'receiving',
    table: { ...RECEIVING_OPTION_RULES, maxHeldBytes, blockQueueSize },
    given,
    together: (options) =>
      AT_LEAST.flatMap(({ larger, factor, smaller }) => {
        const least = options[smaller] * factor;
        if (options[larger] >= least) return [];
        const relation = factor === 1 ? smaller : `${factor} × ${smaller}`;
        return [{ name: larger, expected: `at least ${relation}, that is ${least}` }];
      }),
  });
}

/**
 * The default bound of one receiver's buffer, in bytes: at least two blocks, because otherwise no second block could
 * follow the first.
 */
export function heldBytesFor(heapBytes: number, maxBytesPerBlock: number): number {
  const wanted = Math.min(DEFAULT_RECEIVING_OPTIONS.maxHeldBytes, Math.floor(heapBytes / 16));
  const least = 2 * maxBytesPerBlock;
  // An invalid size is refused later, by its own name.
  return Number.isSafeInteger(least) ? Math.max(wanted, least) : wanted;
}

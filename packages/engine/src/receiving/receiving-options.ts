// How receivers are run: block sizes, bounds, rates, retries. Every bound of receiving is here, with its default and
// what happens at it.
import {
  heapLimitBytes,
  isOptions,
  numberFromZero,
  type OptionTable,
  resolveOptions,
  wholeNumber,
} from '@millrace/core/engine';

const OWNER = 'StreamingContext';

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

const RULES: OptionTable<ReceivingOptions> = {
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
  receiverCallTimeoutMs: wholeNumber(30_000),
};

/** What applies where nothing is said, where the heap is large enough for it. */
export const DEFAULT_RECEIVING_OPTIONS: ReceivingOptions = resolveOptions({
  owner: OWNER,
  table: RULES,
  given: {},
});

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
 * @throws `MR_CONFIG_INVALID_OPTION` with every unknown name and wrong value, or those that do not go together.
 */
export function resolveReceivingOptions(given: Partial<ReceivingOptions> = {}): ReceivingOptions {
  const perBlock: unknown = isOptions(given) ? given['maxBytesPerBlock'] : undefined;
  const bytes = typeof perBlock === 'number' ? perBlock : DEFAULT_RECEIVING_OPTIONS.maxBytesPerBlock;
  const maxHeldBytes = wholeNumber(heldBytesFor(heapLimitBytes(), bytes));
  return resolveOptions({
    owner: OWNER,
    path: 'receiving',
    table: { ...RULES, maxHeldBytes },
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

/** What one receiver may hold by default, in bytes: at least two blocks, else there could not be one after another. */
export function heldBytesFor(heapBytes: number, maxBytesPerBlock: number): number {
  const wanted = Math.min(DEFAULT_RECEIVING_OPTIONS.maxHeldBytes, Math.floor(heapBytes / 16));
  const least = 2 * maxBytesPerBlock;
  // What is no size at all is refused later, by its own name.
  return Number.isSafeInteger(least) ? Math.max(wanted, least) : wanted;
}

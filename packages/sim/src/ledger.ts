// What came out, as an idempotent sink has it: one result for each output operation and batch. The ledger outlives every
// process. It complains at once when a batch that ran again made something else (BAT-4) or when outputs of one operation
// complete out of order (BAT-3).

/** One result of one output operation. */
export type OutputRecords = readonly unknown[];

/** Everything that came out of one world. */
export class Ledger {
  readonly #violated: (promise: string, what: string) => void;
  readonly #outputs = new Map<string, Map<number, OutputRecords>>();
  readonly #asText = new Map<string, string>();
  /** When the first driver that ran was started. */
  #firstStart: number | undefined;
  /** The latest wall time until that driver ran. */
  #latestStart = Number.NEGATIVE_INFINITY;
  /** How many batches a driver has told to be left out before a batch. */
  readonly #leftOutBefore = new Map<number, number>();
  /** The batches that a driver has told to be given up. */
  readonly #skipped = new Set<number>();
  /** The last batch of each operation, for the driver that lives now. */
  #last = new Map<string, number>();

  constructor(violated: (promise: string, what: string) => void) {
    this.#violated = violated;
  }

  /** A driver begins: batches that were not done are made again. */
  driverBegins(): void {
    this.#last = new Map();
  }

  /** A driver is started at a wall time. It may have written down the zero time also if it never runs. */
  driverStarts(wallMs: number): void {
    if (this.#firstStart === undefined) this.#latestStart = Math.max(this.#latestStart, wallMs);
  }

  /** The driver that was started at a wall time runs now. */
  driverRuns(startedMs: number, nowMs: number): void {
    if (this.#firstStart !== undefined) return;
    this.#firstStart = startedMs;
    this.#latestStart = Math.max(this.#latestStart, nowMs);
  }

  /**
   * The zero time of the batches: one interval before the first batch, unless batches were left out right at the beginning.
   * Then it is as many intervals before as a driver has told. If no driver lived to tell, it is the interval in which the
   * first driver that ran was started.
   */
  zeroTime(firstBatch: number, batchIntervalMs: number): number {
    const leftOut = this.#leftOutBefore.get(firstBatch);
    if (leftOut !== undefined) return firstBatch - (leftOut + 1) * batchIntervalMs;
    const before = firstBatch - batchIntervalMs;
    if (this.#firstStart === undefined || before <= this.#latestStart) return before;
    return Math.floor(this.#firstStart / batchIntervalMs) * batchIntervalMs;
  }

  /** A driver tells that it leaves out so many batches before this one. */
  leavesOutBefore(batchTime: number, count: number): void {
    this.#leftOutBefore.set(batchTime, count);
  }

  /** A driver tells that it gives a batch up: outputs of the batch may be missing from now on. */
  skips(batchTime: number): void {
    this.#skipped.add(batchTime);
  }

  /** Whether outputs of a batch may be missing for good. */
  isSkipped(batchTime: number): boolean {
    return this.#skipped.has(batchTime);
  }

  /** An output of the driver. Records come in the order in which the batch has them. */
  write(operation: string, batchTime: number, records: OutputRecords): void {
    const last = this.#last.get(operation) ?? Number.NEGATIVE_INFINITY;
    if (batchTime < last)
      this.#violated('BAT-3', `${operation} wrote batch ${batchTime} after batch ${last}`);
    this.#last.set(operation, batchTime);
    this.writeAnyOrder(operation, batchTime, records);
  }

  /** An output of a task: side by side with others, and twice when an executor was too late to say that it is done. */
  writeAnyOrder(operation: string, batchTime: number, records: OutputRecords): void {
    const text = JSON.stringify(records);
    const key = `${operation}@${batchTime}`;
    const before = this.#asText.get(key);
    if (before !== undefined && before !== text) {
      this.#violated(
        'BAT-4',
        `${operation} of batch ${batchTime} was ${short(before)} and is now ${short(text)}`,
      );
    }
    this.#asText.set(key, text);
    const batches = this.#outputs.get(operation) ?? new Map<number, OutputRecords>();
    this.#outputs.set(operation, batches);
    batches.set(batchTime, records);
  }

  /** The results of an operation, by batch time, in order. */
  batches(operation: string): readonly (readonly [number, OutputRecords])[] {
    return [...(this.#outputs.get(operation) ?? [])].toSorted(([one], [other]) => one - other);
  }

  /** The result of an operation for one batch; undefined: none so far. */
  recordsOf(operation: string, batchTime: number): OutputRecords | undefined {
    return this.#outputs.get(operation)?.get(batchTime);
  }

  /** The operations that have written anything. */
  operations(): readonly string[] {
    return [...this.#outputs.keys()];
  }

  /** All of it as one text: equal runs have equal ones. */
  fingerprint(): string {
    return JSON.stringify([...this.#asText].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }
}

function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}… (${text.length} characters)` : text;
}

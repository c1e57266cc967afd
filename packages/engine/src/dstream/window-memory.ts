// What a checkpoint keeps of a window with an inverse function: the window itself, and each of its batches, because
// they will have to be taken away again. A batch never changes, so it is brought to the driver and encoded once, when
// it is new; what a checkpoint costs besides is the keys of the window, and the copying of bytes.
import type { BatchTime } from '@millrace/core';
import { type Aggregate, fromPartitions, hashPartition, type RDD } from '../rdd/index.ts';
import { lastTimeUpTo, timesBetween } from './batch-times.ts';
import type { RestoredState } from './checkpointed-state.ts';
import { dstreamError } from './dstream-errors.ts';
import type { StreamNode } from './stream-node.ts';
import type { WindowSpan } from './window-operator.ts';

/** The version of `KeptWindow` as it is exported. */
const WINDOW_FORMAT = 1;

/** The exported state: data that every codec takes. */
interface KeptWindow {
  readonly windowMs: number;
  readonly slideMs: number;
  readonly batchSlideMs: number;
  /** The time of the window; null: there was none yet. */
  readonly time: BatchTime | null;
  /** Encoded triples of key, value, and number of batches. */
  readonly window: Uint8Array;
  /** Encoded pairs of key and value of each batch, by time. */
  readonly batches: readonly (readonly [BatchTime, Uint8Array])[];
}

/** What to keep. */
export interface WindowSnapshot<K, V> {
  /** The time of the window. */
  readonly time: BatchTime;
  /** Batches up to this one are kept, also those that no window has yet. */
  readonly doneUpTo: BatchTime;
  readonly window: RDD<[K, Aggregate<V>]> | undefined;
}

/** Keeps the windows of one operator from checkpoint to checkpoint, and from driver to driver. */
export class WindowMemory<K, V> {
  readonly #batches: StreamNode<[K, V]>;
  readonly #span: WindowSpan;
  readonly #partitions: number;
  /** Batches as they were exported or restored, by time. */
  readonly #encoded = new Map<BatchTime, Uint8Array>();
  /** The window that was exported last, or restored. */
  #window: { readonly time: BatchTime; readonly bytes: Uint8Array } | undefined;
  #restored: KeptWindow | undefined;

  constructor(options: {
    readonly batches: StreamNode<[K, V]>;
    readonly span: WindowSpan;
    readonly partitions: number;
  }) {
    this.#batches = options.batches;
    this.#span = options.span;
    this.#partitions = options.partitions;
  }

  // Keeping

  /** The state as of `doneUpTo`. Rejects as the jobs do that read the window and its new batches. */
  async export(snapshot: WindowSnapshot<K, V>): Promise<KeptWindow> {
    const { time, doneUpTo, window } = snapshot;
    const zeroTime = this.#batches.zeroTime ?? time;
    const batchSlideMs = this.#batches.slideMs;
    const first = Math.max(time - this.#span.windowMs, zeroTime) + batchSlideMs;
    const times = timesBetween(first, lastTimeUpTo(doneUpTo, zeroTime, batchSlideMs), batchSlideMs);
    const batches = await Promise.all(times.map((at) => this.#encodedBatch(at)));
    if (window !== undefined && this.#window?.time !== time) await this.#encodeWindow(time, window);
    for (const at of this.#encoded.keys()) if (at < first) this.#encoded.delete(at);
    return {
      ...this.#span,
      batchSlideMs,
      time: window === undefined ? null : time,
      window: window === undefined ? NOTHING : (this.#window?.bytes ?? NOTHING),
      batches: batches.flatMap((batch) => (batch === undefined ? [] : [batch])),
    };
  }

  /** The state as it was restored, for a checkpoint that is written before there is another. */
  exportRestored(): KeptWindow {
    const batchSlideMs = this.#batches.slideMs;
    return this.#restored ?? { ...this.#span, batchSlideMs, time: null, window: NOTHING, batches: [] };
  }

  async #encodedBatch(time: BatchTime): Promise<readonly [BatchTime, Uint8Array] | undefined> {
    let bytes = this.#encoded.get(time);
    if (bytes === undefined) {
      const pairs = await this.#batches.getOrCompute(time)?.collect();
      if (pairs === undefined) return undefined;
      bytes = this.#codec.encodeRecords(pairs);
      this.#encoded.set(time, bytes);
    }
    return [time, bytes];
  }

  async #encodeWindow(time: BatchTime, window: RDD<[K, Aggregate<V>]>): Promise<void> {
    const triples = (await window.collect()).map(([key, { value, batches }]) => [key, value, batches]);
    this.#window = { time, bytes: this.#codec.encodeRecords(triples) };
  }

  // Bringing back

  /** Takes over what an earlier driver exported. @throws `MR_GRAPH_WINDOW_CHANGED`. */
  restore(kind: string, { data, version }: RestoredState): void {
    const wanted = { ...this.#span, batchSlideMs: this.#batches.slideMs };
    if (version !== WINDOW_FORMAT || !isKeptWindow(data)) {
      throw windowChanged(kind, `is of version ${version} and cannot be read`, { version });
    }
    const { windowMs, slideMs, batchSlideMs } = data;
    const kept = { windowMs, slideMs, batchSlideMs };
    if (JSON.stringify(kept) !== JSON.stringify(wanted)) {
      throw windowChanged(kind, `is ${describe(kept)}, but now it is ${describe(wanted)}`, { kept, wanted });
    }
    this.#restored = data;
    this.#window = data.time === null ? undefined : { time: data.time, bytes: data.window };
    for (const [time, bytes] of data.batches) this.#encoded.set(time, bytes);
  }

  /** The restored window of this time, as an RDD of the scope in which it is asked for. */
  windowAt(time: BatchTime): RDD<[K, Aggregate<V>]> | undefined {
    if (this.#restored?.time !== time) return undefined;
    const triples = this.#codec.decodeRecords(this.#restored.window) as [K, V, number][];
    return this.#rdd(triples.map(([key, value, batches]) => [key, { value, batches }]));
  }

  /** The restored batch of this time, likewise. */
  batchAt(time: BatchTime): RDD<[K, V]> | undefined {
    const batch = this.#restored?.batches.find(([at]) => at === time);
    return batch && this.#rdd(this.#codec.decodeRecords(batch[1]) as [K, V][]);
  }

  /** Nobody asks for restored batches up to this one any more. */
  forget(upTo: BatchTime): void {
    const last = this.#restored?.batches.at(-1)?.[0] ?? this.#restored?.time;
    if (typeof last !== 'number' || last <= upTo) this.#restored = undefined;
  }

  /** Keys may lie elsewhere now: the program may have another number of partitions than the one before. */
  #rdd<U>(pairs: readonly [K, U][]): RDD<[K, U]> {
    const partitions = Array.from({ length: this.#partitions }, (): [K, U][] => []);
    for (const pair of pairs) partitions[hashPartition(pair[0], this.#partitions)]?.push(pair);
    return fromPartitions<[K, U]>(this.#batches.scope.environment, partitions, { hashPartitioned: true });
  }

  get #codec() {
    return this.#batches.scope.codec;
  }
}

const NOTHING = new Uint8Array();

function isKeptWindow(data: unknown): data is KeptWindow {
  if (typeof data !== 'object' || data === null) return false;
  const { time, window, batches } = data as Partial<KeptWindow>;
  const isTime = time === null || Number.isSafeInteger(time);
  return isTime && window instanceof Uint8Array && Array.isArray(batches);
}

function describe({ windowMs, slideMs, batchSlideMs }: WindowSpan & { readonly batchSlideMs: number }) {
  return `${windowMs} ms long every ${slideMs} ms, of batches every ${batchSlideMs} ms`;
}

function windowChanged(kind: string, how: string, details: Readonly<Record<string, unknown>>): Error {
  return dstreamError(
    'MR_GRAPH_WINDOW_CHANGED',
    `the window kept for ${kind} ${how}; give the new one another uid, and set allowDroppedState to lose the old one`,
    { details: { kind, ...details } },
  );
}

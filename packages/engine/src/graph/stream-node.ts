// A stream as the graph sees it: a row of RDDs, one for every batch time at which the stream slides. This file holds
// what all streams share: which times count, the RDD of a time made once and kept, and how long it is kept. What a
// program can do with a stream is in `dstream.ts`.
//
// Lifetimes. A stream keeps the RDDs of the last `rememberMs`. The graph settles that number when it starts: a stream
// remembers as long as its most demanding reader needs, and a window adds its length for what it reads.
import type { BatchTime } from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import type { ForgottenData } from '../batches/job-graph.ts';
import type { Action } from '../rdd/action.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { BatchOf } from './batch-walk.ts';
import { firstTimeFrom, isTimeOfSlide, lastTimeUpTo } from './batch-times.ts';
import { invalidArgument } from './checked-argument.ts';
import type { CheckpointedState } from './checkpointed-state.ts';
import { dstreamError } from './dstream-errors.ts';
import { WindowInputCache } from './window-input-cache.ts';
import type { StreamScope } from './stream-scope.ts';

/** What a stream is made with. */
export interface StreamDefinition {
  /** What it does, in one word: `map`, `window`, `queue`. Part of its automatic id. */
  readonly kind: string;
  /** It has an RDD every so many milliseconds. */
  readonly slideMs: number;
  /** The streams its RDDs are made from, none for an input. */
  readonly parents: readonly StreamNode<unknown>[];
}

/** Loads the records of a partition that nobody has. */
export type LoadPartition<T> = (partition: number) => Promise<readonly T[]>;

/** A stream without the operators that programs call on it. */
export abstract class StreamNode<out T> {
  readonly scope: StreamScope;
  readonly kind: string;
  readonly slideMs: number;
  readonly parents: readonly StreamNode<unknown>[];
  /** Its place in the order in which the program made its streams, from 0. */
  readonly position: number;
  readonly #rdds = new ReleasingMap<BatchTime, RDD<T>>();
  #uid: string | undefined;
  #zeroTime: BatchTime | undefined;
  #rememberMs = 0;
  #isPersisted = false;
  #remembered: WindowInputCache<T> | undefined;
  readonly #held = new Set<{ readonly from: BatchTime }>();
  /** Whether something before it remembers from batch to batch, and whether some of that is known from nowhere else. */
  readonly #dependsOn: { readonly state: boolean; readonly keptState: boolean };

  /** @throws `MR_GRAPH_MIXED_CONTEXTS`, and what `scope.assertCanDefine` throws. */
  constructor(scope: StreamScope, definition: StreamDefinition) {
    scope.assertCanDefine(definition.kind);
    for (const parent of definition.parents) assertSameScope(scope, definition.kind, parent);
    this.scope = scope;
    this.kind = definition.kind;
    this.slideMs = definition.slideMs;
    this.parents = definition.parents;
    this.#dependsOn = {
      state: this.parents.some((parent) => parent.remembers || parent.dependsOnState),
      keptState: this.parents.some((parent) => parent.remembersAlone || parent.dependsOnKeptState),
    };
    this.position = scope.graph.addStream(this);
  }

  /** Makes the RDD of a time that is valid, inside a naming scope of its own; undefined: there is none. */
  protected abstract compute(batchTime: BatchTime): RDD<T> | undefined;

  // Identity

  /**
   * Names the operator, the same on every executor and in every run of the same program: its uid, or else position
   * and kind, for instance `3-map`.
   */
  get id(): string {
    return this.#uid ?? `${this.position}-${this.kind}`;
  }

  /** Whether the program gave it a uid. */
  get hasUid(): boolean {
    return this.#uid !== undefined;
  }

  /**
   * Gives the operator an id that stays when operators before it are added or removed: what was kept for it under
   * this id is found again by a changed program.
   *
   * @throws `MR_GRAPH_INVALID_UID`, `MR_GRAPH_DUPLICATE_UID`.
   */
  uid(uid: string): this {
    this.scope.assertCanDefine('uid');
    this.scope.graph.claimUid(uid, this);
    this.#uid = uid;
    return this;
  }

  /** What else has to be the same on driver and executors, besides kind, slide and parents. */
  get settings(): readonly (number | string | null)[] {
    return [];
  }

  /** What it remembers from batch to batch beyond its RDDs; undefined when it remembers nothing. */
  get state(): CheckpointedState | undefined {
    return this.#remembered;
  }

  /** Whether it remembers something that the inputs of its batches alone do not give back. */
  get remembers(): boolean {
    return this.state !== undefined && this.state.isInLog !== true;
  }

  /** Whether a restart cannot make what it remembers anew from the batches of its inputs. */
  get remembersAlone(): boolean {
    return this.remembers && this.state?.canBeMadeAnew !== true;
  }

  /** Whether a stream that this one is made from remembers something. */
  get dependsOnState(): boolean {
    return this.#dependsOn.state;
  }

  /** Whether a stream that this one is made from remembers something that only checkpoints have after a restart. */
  get dependsOnKeptState(): boolean {
    return this.#dependsOn.keptState;
  }

  /**
   * The stream that an operator has to read when the operator looks back at earlier batches; called when the operator is
   * made. Batches of a stream that depends on state cannot be made again after a restart or the death of an executor, so
   * checkpoints keep the batches of the result for as long as its readers look back. The result is another stream with
   * the same records where this stream keeps a state of its own.
   */
  keptForReaders(): StreamNode<T> {
    if (this.dependsOnState && this.state === undefined) this.#remembered = new WindowInputCache(this);
    return this;
  }

  // Time

  /** The time before the first batch; undefined until the graph starts, and for a stream that no output reads. */
  get zeroTime(): BatchTime | undefined {
    return this.#zeroTime;
  }

  /** How long RDDs are kept, in milliseconds; settled when the graph starts. */
  get rememberMs(): number {
    return this.#rememberMs;
  }

  /** How long what it reads has to be kept, in milliseconds. */
  get parentRememberMs(): number {
    return this.#rememberMs;
  }

  /** Called once by the graph when it starts. */
  initialize(zeroTime: BatchTime): void {
    this.#zeroTime = zeroTime;
    this.remember(this.slideMs);
  }

  /** Keeps RDDs at least this long. Called by the graph, before the first batch. */
  remember(durationMs: number): void {
    this.#rememberMs = Math.max(this.#rememberMs, durationMs);
  }

  /**
   * Whether the stream has an RDD at this time: after the zero time, by a multiple of the slide, and not skipped.
   *
   * @throws `MR_GRAPH_NOT_STARTED`.
   */
  isTimeValid(batchTime: BatchTime): boolean {
    const isTime = isTimeOfSlide(batchTime, this.#startedAt(), this.slideMs);
    return isTime && this.scope.graph.skipped.rangeOf(batchTime) === undefined;
  }

  /** The times of the stream from `from` to `to`, both included, without those that were skipped. */
  timesBetween(from: BatchTime, to: BatchTime): BatchTime[] {
    const zeroTime = this.#startedAt();
    const { skipped } = this.scope.graph;
    const times: BatchTime[] = [];
    for (let time = firstTimeFrom(from, zeroTime, this.slideMs); time <= to; time += this.slideMs) {
      const range = skipped.rangeOf(time);
      if (range === undefined) times.push(time);
      else time = lastTimeUpTo(range.to, zeroTime, this.slideMs);
    }
    return times;
  }

  /** The latest time of the stream that is not after `time` and was not skipped; the zero time when there is none. */
  lastTimeUpTo(time: BatchTime): BatchTime {
    const zeroTime = this.#startedAt();
    const { skipped } = this.scope.graph;
    let last = lastTimeUpTo(time, zeroTime, this.slideMs);
    for (let range = skipped.rangeOf(last); range !== undefined; range = skipped.rangeOf(last))
      last = lastTimeUpTo(range.from - 1, zeroTime, this.slideMs);
    return last;
  }

  /** The time of the stream before one of its times; the zero time when there is none. */
  timeBefore(time: BatchTime): BatchTime {
    return this.lastTimeUpTo(time - this.slideMs);
  }

  // RDDs

  /** The RDD of a batch, made at the first call and kept; undefined when there is none. */
  getOrCompute(batchTime: BatchTime): RDD<T> | undefined {
    const kept = this.#rdds.get(batchTime);
    if (kept !== undefined || !this.isTimeValid(batchTime)) return kept;
    return this.scope.graph.walk.make(this, batchTime);
  }

  /** The batches of its parents that the RDD of a batch is made from, as far as known before. None for an input. */
  asksFor(batchTime: BatchTime): readonly BatchOf[] {
    if (this.#remembered?.hasBatch(batchTime) === true) return [];
    return this.parents.map((parent) => [parent, batchTime] as const);
  }

  /** Makes the RDD of a batch that is not made yet. For `BatchWalk`: others ask `getOrCompute`. */
  makeNow(batchTime: BatchTime): RDD<T> | undefined {
    const made = this.#rdds.get(batchTime);
    if (made !== undefined) return made;
    const rdd = this.#computeInScope(batchTime);
    if (rdd === undefined) return undefined;
    if (this.#isPersisted) rdd.persist();
    this.#rdds.set(batchTime, rdd);
    return rdd;
  }

  /** The RDD of a batch if it was made and is kept. */
  madeAt(batchTime: BatchTime): RDD<T> | undefined {
    return this.#rdds.get(batchTime);
  }

  /**
   * Forgets how the RDDs of batches up to `upTo` were made: those of which a copy is kept elsewhere are loaded from now
   * on, the others are what is cached of them.
   */
  rebase(upTo: BatchTime, loadOf: (batchTime: BatchTime) => LoadPartition<T> | undefined): void {
    for (const [time, rdd] of this.#rdds) {
      if (time > upTo) continue;
      const load = loadOf(time);
      if (load === undefined) rdd.cutLineage();
      else rdd.rebase(load);
    }
  }

  /** The RDDs of the times `from` to `to`, both included, oldest first. For streams that read a span of time. */
  rddsBetween(from: BatchTime, to: BatchTime): RDD<T>[] {
    return this.batchesBetween(from, to).map(([, rdd]) => rdd);
  }

  /** As `rddsBetween`, with the time of each. */
  batchesBetween(from: BatchTime, to: BatchTime): [BatchTime, RDD<T>][] {
    return this.timesBetween(from, to).flatMap((time): [BatchTime, RDD<T>][] => {
      const rdd = this.getOrCompute(time);
      return rdd === undefined ? [] : [[time, rdd]];
    });
  }

  /**
   * The RDDs of past batches, from `from` to `to`, both included, oldest first; both are rounded down to a time of
   * the stream. Batches that are not made yet, and those that the stream remembers no more, are left out: see
   * `remember` of the context. After a restart, batches from before of a stream that depends on state are left out too,
   * unless a window reads the stream: only then checkpoints keep them. Meant for outputs that look back.
   *
   * @throws `MR_GRAPH_NOT_STARTED`, `MR_GRAPH_INVALID_ARGUMENT` for what is no time.
   */
  slice(from: BatchTime, to: BatchTime): RDD<T>[] {
    for (const [name, time] of Object.entries({ from, to })) {
      if (typeof time !== 'number' || Number.isNaN(time))
        throw invalidArgument('slice', name, time, 'a batch time in milliseconds');
    }
    const zeroTime = this.#startedAt();
    const latest = this.scope.graph.latestBatchTime ?? zeroTime;
    const oldest = firstTimeFrom(latest - this.#rememberMs + 1, zeroTime, this.slideMs);
    const begin = Math.max(lastTimeUpTo(from, zeroTime, this.slideMs), oldest, this.#firstReadable());
    return this.rddsBetween(begin, Math.min(to, latest));
  }

  /** Batches before it cannot be made after a restart and are not kept either. */
  #firstReadable(): BatchTime {
    const isLost = this.#remembered === undefined && (this.dependsOnKeptState || this.remembersAlone);
    return isLost ? this.scope.graph.recoveredUpTo + 1 : Number.NEGATIVE_INFINITY;
  }

  /** Keeps the computed partitions of every RDD in memory, as long as the RDD is remembered. */
  persist(): this {
    this.scope.assertCanDefine('persist');
    this.#isPersisted = true;
    return this;
  }

  /** The same as `persist`. */
  cache(): this {
    return this.persist();
  }

  /** Whether RDDs are kept in memory. */
  get isPersisted(): boolean {
    return this.#isPersisted;
  }

  /**
   * Called in every job of a batch at which the stream slides, on the driver, before the job's own work: a stream whose
   * batches follow from the ones before computes this batch now, whole and whatever is read of it, and lets go of what
   * it was computed from, so that the past does not grow. Undefined: there is nothing to do. May be called several
   * times for a batch; a rejection fails the job.
   */
  settle(_batchTime: BatchTime): Promise<void> | undefined {
    return undefined;
  }

  /**
   * An action that only this stream knows, by its portable name; for executors with a copy of the program. The stream
   * asks it of its own RDDs.
   */
  findAction(_name: string): Action<T, unknown, unknown> | undefined {
    return undefined;
  }

  /** Forgets no batch from this one on, however old it gets, until the function that it gives is called. */
  hold(from: BatchTime): () => void {
    const held = { from };
    this.#held.add(held);
    return () => void this.#held.delete(held);
  }

  /** The oldest batch that `hold` keeps; infinity when nothing is held. */
  protected get heldFrom(): BatchTime {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { from } of this.#held) oldest = Math.min(oldest, from);
    return oldest;
  }

  /**
   * Called on the driver when `doneUpTo` and all before it are done with, before anything is forgotten: a batch that is
   * not computed yet was given up.
   */
  abandon(_doneUpTo: BatchTime): void {}

  /** Forgets what is older than `rememberMs`, now that `batchTime` and all before it are done with. */
  clearMetadata(batchTime: BatchTime): ForgottenData {
    const rddIds: string[] = [];
    const upTo = batchTime - this.#rememberMs;
    const { heldFrom } = this;
    for (const time of this.#rdds.keys()) {
      if (time > upTo || time >= heldFrom) continue;
      this.#rdds.delete(time);
      for (const rddId of this.scope.environment.idsOf(this.#scopeName(time))) rddIds.push(rddId);
    }
    return { rddIds, blockIds: [], loggedBlockIds: [] };
  }

  /** A failed attempt leaves no RDDs behind: the next one, and every executor, has to arrive at the same names. */
  #computeInScope(batchTime: BatchTime): RDD<T> | undefined {
    const { environment } = this.scope;
    const name = this.#scopeName(batchTime);
    try {
      return environment.scope(name, () => {
        const restored = this.#remembered?.restoredRdd(batchTime);
        if (restored !== undefined) return restored;
        // The state that such a batch was made with is gone: it would come out as something else.
        const isRecovered = batchTime <= this.scope.graph.recoveredUpTo;
        const isLost = isRecovered && this.dependsOnKeptState && this.state === this.#remembered;
        return isLost ? undefined : this.compute(batchTime);
      });
    } catch (error) {
      environment.forget(environment.idsOf(name));
      throw error;
    }
  }

  #scopeName(batchTime: BatchTime): string {
    return `${batchTime}/${this.id}`;
  }

  #startedAt(): BatchTime {
    if (this.#zeroTime !== undefined) return this.#zeroTime;
    throw dstreamError(
      'MR_GRAPH_NOT_STARTED',
      `stream ${this.id} has no batches: the context was not started, or no output reads the stream`,
      { details: { stream: this.id } },
    );
  }
}

function assertSameScope(scope: StreamScope, kind: string, parent: StreamNode<unknown>): void {
  if (parent.scope === scope) return;
  throw dstreamError(
    'MR_GRAPH_MIXED_CONTEXTS',
    `${kind} combines streams of two contexts: ${parent.id} belongs to application ${parent.scope.application}, not ${scope.application}`,
    { details: { kind, parent: parent.id } },
  );
}

// The shared parts of all streams: names, the RDD of a time, made once and kept, and its lifetime. Members without a comment
// are those of `GraphStream`, which documents them; the operations of programs on a stream are in `dstream.ts`.
//
// Lifetimes. A stream keeps the RDDs of the last `rememberMs`. The graph computes that duration at its start: a stream
// remembers as long as its most demanding reader needs, and a window adds its length for its parent.
import type { BatchTime } from '@millrace/core';
import type { ForgottenData } from '../batches/job-graph.ts';
import type { Action } from '../rdd/action.ts';
import type { RDD } from '../rdd/rdd.ts';
import { recordError } from '../record-errors/record-error-codes.ts';
import {
  REACTION_RULE,
  type RecordErrorReaction,
  type RecordErrorRule,
} from '../record-errors/record-error-rule.ts';
import { callSite } from './call-site.ts';
import { invalidArgument } from './checked-argument.ts';
import type { CheckpointedState } from './checkpointed-state.ts';
import { dstreamError } from './dstream-errors.ts';
import type { BatchOf, GraphStream, LoadPartition } from './graph-stream.ts';
import { StreamRdds } from './stream-rdds.ts';
import type { StreamScope } from './stream-scope.ts';
import { StreamTimes } from './stream-times.ts';
import { formerUids, type UidOptions } from './stream-uids.ts';
import { WindowInputCache } from './window-input-cache.ts';

/** The definition of a stream. */
export interface StreamDefinition {
  /** The operation in one word: `map`, `window`, `queue`. Part of the stream's automatic id. */
  readonly kind: string;
  /** The time from one RDD to the next, in milliseconds. */
  readonly slideMs: number;
  /** The streams from which the RDDs are made; empty for an input. */
  readonly parents: readonly GraphStream<unknown>[];
}

/** A stream without the operators that programs call. */
export abstract class StreamNode<out T> implements GraphStream<T> {
  readonly scope: StreamScope;
  readonly kind: string;
  readonly slideMs: number;
  readonly parents: readonly GraphStream<unknown>[];
  readonly position: number;
  readonly #rdds = new StreamRdds<T>();
  readonly #definedAt = callSite();
  #onRecordError: RecordErrorReaction | undefined;
  #recordErrorRule: RecordErrorRule | undefined;
  #uid: string | undefined;
  #formerIds: readonly string[] = [];
  #shownAs: GraphStream<unknown> | undefined;
  #times: StreamTimes | undefined;
  #rememberMs = 0;
  #isPersisted = false;
  #remembered: WindowInputCache<T> | undefined;
  /** `state`: an ancestor has state. `keptState`: an ancestor has state that exists only in checkpoints. */
  readonly #dependsOn: { readonly state: boolean; readonly keptState: boolean };

  /** @throws `MR_GRAPH_MIXED_CONTEXTS`, and the errors of `scope.assertCanDefine`. */
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

  /** Makes the RDD of a valid time, inside a naming scope of its own; undefined when there is no RDD. */
  protected abstract compute(batchTime: BatchTime): RDD<T> | undefined;

  // Identity

  get id(): string {
    return this.#uid ?? `${this.position}-${this.kind}`;
  }

  get shownId(): string {
    return this.#shownAs?.id ?? this.id;
  }

  /** Names the stream in front of this one, which programs see. Called by that stream as the stream is made. */
  showAs(stream: GraphStream<unknown>): void {
    this.#shownAs = stream;
  }

  get hasUid(): boolean {
    return this.#uid !== undefined;
  }

  get formerIds(): readonly string[] {
    return this.#formerIds;
  }

  /**
   * Gives the operator an id that stays when operators before it are added or removed: a changed program finds the
   * operator's state under this id. To rename an operator, name the former uids: `uid('new', { was: 'old' })`.
   *
   * @throws `MR_GRAPH_INVALID_UID`, `MR_GRAPH_DUPLICATE_UID`, `MR_GRAPH_INVALID_ARGUMENT`.
   */
  uid(uid: string, options: UidOptions = {}): this {
    this.scope.assertCanDefine('uid');
    const former = formerUids(options);
    this.scope.graph.claimUid(uid, this, former);
    this.#uid = uid;
    this.#formerIds = former;
    return this;
  }

  /**
   * The reaction to a record for which the function of this stream's operator throws, or returns a promise; default: the
   * option `onRecordError` of the context. For the stream of a receiver or a queue: the reaction to a record that cannot
   * be stored, which is left out in any case and written only with `'dead-letter'`. Applies to this operator alone, not
   * to the streams made from this stream, and not to operators that `foreachRDD` calls on the RDD of a batch.
   *
   * ```ts
   * const orders = lines.map((line) => JSON.parse(line)).onRecordError('dead-letter').uid('orders');
   * ```
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`; `MR_RECORD_NO_DEAD_LETTERS` for `'dead-letter'` without a sink.
   */
  onRecordError(reaction: RecordErrorReaction): this {
    this.scope.assertCanDefine('onRecordError');
    if (!REACTION_RULE.accepts(reaction))
      throw invalidArgument('onRecordError', 'reaction', reaction, REACTION_RULE.expected);
    if (reaction === 'dead-letter' && this.scope.hasDeadLetters !== true) throw noDeadLetters(this.kind);
    this.#onRecordError = reaction;
    return this;
  }

  /** The reaction to records for which the function of this stream's operator fails. */
  get recordErrorReaction(): RecordErrorReaction {
    return this.#onRecordError ?? this.scope.onRecordError ?? 'fail-batch';
  }

  /** The name of the operator in reports. */
  protected get operatorName(): string {
    return this.kind;
  }

  get settings(): readonly (number | string | null)[] {
    return [];
  }

  get state(): CheckpointedState | undefined {
    return this.#remembered;
  }

  get remembers(): boolean {
    return this.state !== undefined && this.state.isInLog !== true;
  }

  get remembersAlone(): boolean {
    return this.remembers && this.state?.canBeMadeAnew !== true;
  }

  get dependsOnState(): boolean {
    return this.#dependsOn.state;
  }

  get dependsOnKeptState(): boolean {
    return this.#dependsOn.keptState;
  }

  /**
   * The stream that an operator has to read when the operator looks back at earlier batches; called when the operator
   * is made. Batches of a stream that depends on state cannot be made again after a restart or the death of an
   * executor, so checkpoints keep the batches of the result for as long as its readers look back. The result is another
   * stream with the same records where this stream keeps a state of its own.
   */
  keptForReaders(): StreamNode<T> {
    if (this.dependsOnState && this.state === undefined) this.#remembered = new WindowInputCache(this);
    return this;
  }

  // Time

  get zeroTime(): BatchTime | undefined {
    return this.#times?.zeroTime;
  }

  get recoveredUpTo(): BatchTime {
    return this.scope.graph.recoveredUpTo;
  }

  get rememberMs(): number {
    return this.#rememberMs;
  }

  get parentRememberMs(): number {
    return this.#rememberMs;
  }

  initialize(zeroTime: BatchTime): void {
    this.#times = new StreamTimes(zeroTime, this.slideMs, this.scope.graph.skipped);
    this.remember(this.slideMs);
  }

  remember(durationMs: number): void {
    this.#rememberMs = Math.max(this.#rememberMs, durationMs);
  }

  isTimeValid(batchTime: BatchTime): boolean {
    return this.#started().includes(batchTime);
  }

  /** The times of the stream from `from` to `to`, both included, without skipped times. */
  timesBetween(from: BatchTime, to: BatchTime): BatchTime[] {
    return this.#started().between(from, to);
  }

  /** The latest time of the stream that is not after `time` and was not skipped; otherwise the zero time. */
  lastTimeUpTo(time: BatchTime): BatchTime {
    return this.#started().lastUpTo(time);
  }

  /** The time of the stream before one of its times; otherwise the zero time. */
  timeBefore(time: BatchTime): BatchTime {
    return this.lastTimeUpTo(time - this.slideMs);
  }

  // RDDs

  getOrCompute(batchTime: BatchTime): RDD<T> | undefined {
    const kept = this.#rdds.get(batchTime);
    if (kept !== undefined || !this.isTimeValid(batchTime)) return kept;
    return this.scope.graph.walk.make(this, batchTime);
  }

  asksFor(batchTime: BatchTime): readonly BatchOf[] {
    if (this.#remembered?.hasBatch(batchTime) === true) return [];
    return this.parents.map((parent) => [parent, batchTime] as const);
  }

  makeNow(batchTime: BatchTime): RDD<T> | undefined {
    const made = this.#rdds.get(batchTime);
    if (made !== undefined) return made;
    const rdd = this.#computeInScope(batchTime);
    if (rdd === undefined) return undefined;
    if (this.#isPersisted) rdd.persist();
    this.#rdds.set(batchTime, rdd);
    return rdd;
  }

  madeAt(batchTime: BatchTime): RDD<T> | undefined {
    return this.#rdds.get(batchTime);
  }

  rebase(upTo: BatchTime, loadOf: (batchTime: BatchTime) => LoadPartition<T> | undefined): void {
    this.#rdds.rebase(upTo, loadOf);
  }

  /** The RDDs of the times `from` to `to`, both included, oldest first. For streams that read a span of time. */
  rddsBetween(from: BatchTime, to: BatchTime): RDD<T>[] {
    return this.batchesBetween(from, to).map(([, rdd]) => rdd);
  }

  batchesBetween(from: BatchTime, to: BatchTime): [BatchTime, RDD<T>][] {
    return this.timesBetween(from, to).flatMap((time): [BatchTime, RDD<T>][] => {
      const rdd = this.getOrCompute(time);
      return rdd === undefined ? [] : [[time, rdd]];
    });
  }

  /**
   * The RDDs of past batches, from `from` to `to`, both included, oldest first; both are rounded down to a time of the
   * stream. Batches that are not made yet or no longer remembered are left out: see `remember` of the context. After a
   * restart, earlier batches of a stream that depends on state are left out too, unless a window reads the stream: only
   * then checkpoints keep the batches. Meant for outputs that look back.
   *
   * @throws `MR_GRAPH_NOT_STARTED`, `MR_GRAPH_INVALID_ARGUMENT` for an invalid time.
   */
  slice(from: BatchTime, to: BatchTime): RDD<T>[] {
    for (const [name, time] of Object.entries({ from, to })) {
      if (typeof time !== 'number' || Number.isNaN(time))
        throw invalidArgument('slice', name, time, 'a batch time in milliseconds');
    }
    const times = this.#started();
    const latest = this.scope.graph.latestBatchTime ?? times.zeroTime;
    const oldest = times.firstFrom(latest - this.#rememberMs + 1);
    const begin = Math.max(times.lastMultipleUpTo(from), oldest, this.#firstReadable());
    return this.rddsBetween(begin, Math.min(to, latest));
  }

  /** Earlier batches cannot be made after a restart and are not kept either. */
  #firstReadable(): BatchTime {
    const isLost = this.#remembered === undefined && (this.dependsOnKeptState || this.remembersAlone);
    return isLost ? this.recoveredUpTo + 1 : Number.NEGATIVE_INFINITY;
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

  /** True when RDDs are kept in memory. */
  get isPersisted(): boolean {
    return this.#isPersisted;
  }

  materialize(_batchTime: BatchTime): Promise<void> | undefined {
    return undefined;
  }

  findAction(_name: string): Action<T, unknown, unknown> | undefined {
    return undefined;
  }

  hold(from: BatchTime): () => void {
    return this.#rdds.hold(from);
  }

  /** The oldest batch that `hold` keeps; infinity without a hold. */
  protected get heldFrom(): BatchTime {
    return this.#rdds.heldFrom;
  }

  abandon(_doneUpTo: BatchTime): void {}

  clearMetadata(batchTime: BatchTime): ForgottenData {
    const { environment } = this.scope;
    const forgotten = this.#rdds.forget(batchTime - this.#rememberMs);
    const rddIds = forgotten.flatMap((time) => environment.idsOf(this.#scopeName(time)));
    return { rddIds, blockIds: [], loggedBlockIds: [] };
  }

  /** A failed attempt leaves no RDDs behind: the next attempt, and every executor, has to arrive at the same names. */
  #computeInScope(batchTime: BatchTime): RDD<T> | undefined {
    const { environment } = this.scope;
    const name = this.#scopeName(batchTime);
    const build = () => {
      const restored = this.#remembered?.restoredRdd(batchTime);
      if (restored !== undefined) return restored;
      // The state behind such a batch is lost: computing the batch again would give another result.
      const isRecovered = batchTime <= this.recoveredUpTo;
      const isLost = isRecovered && this.dependsOnKeptState && this.state === this.#remembered;
      return isLost ? undefined : this.compute(batchTime);
    };
    try {
      return environment.scope(name, build, this.#rule);
    } catch (error) {
      environment.forget(environment.idsOf(name));
      throw error;
    }
  }

  /** Programs name streams until the start; RDDs are made after. */
  get #rule(): RecordErrorRule {
    return (this.#recordErrorRule ??= {
      reaction: this.recordErrorReaction,
      stream: this.id,
      operator: this.operatorName,
      definedAt: this.#definedAt,
    });
  }

  #scopeName(batchTime: BatchTime): string {
    return `${batchTime}/${this.id}`;
  }

  /** @throws `MR_GRAPH_NOT_STARTED`. */
  #started(): StreamTimes {
    if (this.#times !== undefined) return this.#times;
    throw dstreamError(
      'MR_GRAPH_NOT_STARTED',
      `stream ${this.id} has no batches: the context was not started, or no output reads the stream`,
      { details: { stream: this.id } },
    );
  }
}

function noDeadLetters(kind: string): Error {
  return recordError(
    'MR_RECORD_NO_DEAD_LETTERS',
    `onRecordError('dead-letter') of ${kind} needs a sink for dead letters; add the option deadLetters to the context, for instance deadLetters: filesSink({ directory: './dead-letters' })`,
    { details: { kind } },
  );
}

function assertSameScope(scope: StreamScope, kind: string, parent: GraphStream<unknown>): void {
  if (parent.scope === scope) return;
  throw dstreamError(
    'MR_GRAPH_MIXED_CONTEXTS',
    `${kind} combines streams of two contexts: ${parent.id} belongs to application ${parent.scope.application}, not ${scope.application}`,
    { details: { kind, parent: parent.id } },
  );
}

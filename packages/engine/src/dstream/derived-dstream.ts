// A stream that an operator makes from other streams: the operator computes, and the stream adds identity, memory,
// lifetime and a place in checkpoints.
import type { BatchTime } from '@millrace/core';
import type { ForgottenData } from '../batches/job-graph.ts';
import type { BatchOf } from '../graph/graph-stream.ts';
import type { CheckpointedState } from '../graph/checkpointed-state.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import { keptOperator, type StreamOperator } from '../graph/stream-operator.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import { withSuffix, type UidOptions } from '../graph/stream-uids.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { RecordErrorReaction } from '../record-errors/record-error-rule.ts';
import { DStream, type StreamFactory } from './dstream.ts';

/** A stream that an operator makes from other streams. */
export class DerivedDStream<out T> extends DStream<T> {
  readonly #operator: StreamOperator<T>;
  #kept: DerivedDStream<T> | undefined;

  constructor(scope: StreamScope, operator: StreamOperator<T>, streams: StreamFactory) {
    const { kind, parents, slideMs = parents[0].slideMs } = operator;
    super(scope, { kind, parents, slideMs }, streams);
    this.#operator = operator;
    operator.behind?.showAs(this);
    operator.attach?.(this);
  }

  override get parentRememberMs(): number {
    return this.rememberMs + (this.#operator.reachBackMs ?? 0);
  }

  override uid(uid: string, options: UidOptions = {}): this {
    this.#operator.behind?.uid(`${uid}.state`, withSuffix(options, '.state'));
    this.#kept?.uid(`${uid}.kept`, withSuffix(options, '.kept'));
    return super.uid(uid, options);
  }

  override onRecordError(reaction: RecordErrorReaction): this {
    const { behind, hidden = [] } = this.#operator;
    behind?.onRecordError(reaction);
    for (const stream of hidden) stream.onRecordError(reaction);
    return super.onRecordError(reaction);
  }

  /** In checkpoints, a state of the operator's own takes the stream's place; the batches get a separate place. */
  override keptForReaders(): StreamNode<T> {
    if (this.#operator.state === undefined) return super.keptForReaders();
    if (this.#kept === undefined) {
      this.#kept = new DerivedDStream(this.scope, keptOperator(this), this.streams);
      if (this.hasUid) this.#kept.uid(`${this.id}.kept`, withSuffix({ was: this.formerIds }, '.kept'));
    }
    return this.#kept.keptForReaders();
  }

  override slice(from: BatchTime, to: BatchTime): RDD<T>[] {
    return this.#kept?.zeroTime === undefined ? super.slice(from, to) : this.#kept.slice(from, to);
  }

  override get state(): CheckpointedState | undefined {
    return this.#operator.state ?? super.state;
  }

  override get settings(): readonly (number | null)[] {
    return [this.#operator.reachBackMs ?? null, this.#operator.partitions ?? null];
  }

  override asksFor(batchTime: BatchTime): readonly BatchOf[] {
    const asked = super.asksFor(batchTime);
    return asked.length === 0 ? asked : (this.#operator.asksFor?.(batchTime) ?? asked);
  }

  override materialize(batchTime: BatchTime): Promise<void> | undefined {
    return this.#operator.materialize?.(batchTime);
  }

  override abandon(doneUpTo: BatchTime): void {
    this.#operator.abandon?.(doneUpTo);
  }

  override clearMetadata(batchTime: BatchTime): ForgottenData {
    this.#operator.forget?.(batchTime - this.rememberMs);
    return super.clearMetadata(batchTime);
  }

  override persist(): this {
    if (this.#operator.persisted === undefined) return super.persist();
    this.#operator.persisted.persist();
    return this;
  }

  protected override compute(batchTime: BatchTime): RDD<T> | undefined {
    return this.#operator.compute(batchTime);
  }
}

// Tells listeners the changes of an observed engine: at most four times a second, once when batches are many, without a timer
// while nobody listens.
import { SystemClock, type BatchTime, type Clock } from '@millrace/core';
import type { ObserverChange, ObserverListener, LiveState } from '../schema/observer-change.ts';
import type { ObservedInput } from '../schema/engine-state.ts';
import type { ObservedBatch } from '../schema/observed-batch.ts';
import type { Timeline } from '../schema/timelines.ts';
import type { Verdict } from '../schema/verdict.ts';

const EVERY_MS = 250;
/** At short intervals, when a change has more batches than a reader can follow. */
const EVERY_MS_WITH_MANY = 1_000;
const MANY_BATCHES = 10;
const STATE_EVERY_MS = 1_000;
/** In one change: batches of a second at intervals of 5 ms. */
const BATCHES_MAX = 200;
const RECEIVERS_MAX = 100;

/** Gives the content of changes. */
export interface ChangeSource {
  /** Takes events that wait: called before changes are told. */
  takeEvents(): void;
  batch(batchTime: BatchTime): ObservedBatch | undefined;
  pointsFrom(timeMs: number): Timeline;
  input(streamId: number): ObservedInput | undefined;
  verdict(): Verdict;
  liveState(): LiveState;
}

/** Collects changes and tells them. */
export class LiveChanges {
  readonly #clock: Clock;
  readonly #source: ChangeSource;
  readonly #listeners = new Set<{ readonly listen: ObserverListener }>();
  readonly #batches = new Set<BatchTime>();
  readonly #streams = new Set<number>();
  #pointsFromMs = Number.POSITIVE_INFINITY;
  #isStateChanged = false;
  #stateMs = Number.NEGATIVE_INFINITY;
  #verdict: Verdict | undefined;
  #verdictMs = Number.NEGATIVE_INFINITY;
  #isTicking = false;
  #everyMs = EVERY_MS;

  constructor(clock: Clock, source: ChangeSource) {
    this.#clock = clock;
    this.#source = source;
  }

  /** Adds a listener. Returns a function that removes the listener. */
  subscribe(listen: ObserverListener): () => void {
    const entry = { listen };
    if (this.#listeners.size === 0) this.#begin();
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** A batch has changed. `pointMs`: the changed point of the timeline. */
  batchChanged(batchTime: BatchTime, pointMs = Number.POSITIVE_INFINITY): void {
    if (this.#listeners.size === 0) return;
    this.#pointsFromMs = Math.min(this.#pointsFromMs, pointMs);
    this.#batches.delete(batchTime);
    this.#batches.add(batchTime);
    const oldest = this.#batches.values().next().value;
    if (this.#batches.size > BATCHES_MAX && oldest !== undefined) this.#batches.delete(oldest);
  }

  /** A receiver has changed. */
  receiverChanged(streamId: number): void {
    if (this.#listeners.size > 0 && this.#streams.size < RECEIVERS_MAX) this.#streams.add(streamId);
  }

  /** The engine has started, stops or has stopped. */
  stateChanged(): void {
    this.#isStateChanged = true;
  }

  #begin(): void {
    this.#batches.clear();
    this.#streams.clear();
    this.#pointsFromMs = Number.POSITIVE_INFINITY;
    this.#verdict = undefined;
    this.#verdictMs = Number.NEGATIVE_INFINITY;
    this.#stateMs = this.#clock.monotonicMs();
    if (!this.#isTicking) this.#tickLater();
  }

  #tickLater(): void {
    this.#isTicking = true;
    const tick = (): void => {
      this.#isTicking = false;
      if (this.#listeners.size === 0) return;
      this.#tell();
      this.#tickLater();
    };
    // A listener does not keep a process alive.
    if (this.#clock instanceof SystemClock) this.#clock.afterWhileAlive(this.#everyMs, tick);
    else this.#clock.after(this.#everyMs, tick);
  }

  #tell(): void {
    this.#source.takeEvents();
    const monotonicMs = this.#clock.monotonicMs();
    this.#everyMs = this.#batches.size > MANY_BATCHES ? EVERY_MS_WITH_MANY : EVERY_MS;
    if (this.#batches.size > 0) this.#tellBatches();
    if (this.#streams.size > 0) {
      const inputs = [...this.#streams]
        .map((id) => this.#source.input(id))
        .filter((input) => input !== undefined);
      this.#streams.clear();
      if (inputs.length > 0) this.#publish({ kind: 'receiver', inputs });
    }
    this.#tellVerdict(monotonicMs);
    if (!this.#isStateChanged && monotonicMs - this.#stateMs < STATE_EVERY_MS) return;
    this.#isStateChanged = false;
    this.#stateMs = monotonicMs;
    this.#publish({ kind: 'state', state: this.#source.liveState() });
  }

  #tellBatches(): void {
    const times = [...this.#batches].toSorted((one, other) => one - other);
    const batches = times.map((time) => this.#source.batch(time)).filter((batch) => batch !== undefined);
    const points = this.#source.pointsFrom(this.#pointsFromMs);
    this.#batches.clear();
    this.#pointsFromMs = Number.POSITIVE_INFINITY;
    this.#publish({ kind: 'batch', batches, points });
  }

  #tellVerdict(monotonicMs: number): void {
    const verdict = this.#source.verdict();
    const before = this.#verdict;
    if (before !== undefined) {
      const isRecent = monotonicMs - this.#verdictMs < STATE_EVERY_MS;
      if (
        isRecent ? rulesOf(verdict) === rulesOf(before) : JSON.stringify(verdict) === JSON.stringify(before)
      )
        return;
    }
    this.#verdict = verdict;
    this.#verdictMs = monotonicMs;
    this.#publish({ kind: 'verdict', verdict });
  }

  #publish(change: ObserverChange): void {
    for (const { listen } of this.#listeners) {
      try {
        listen(change);
      } catch {
        // A listener that fails loses its own changes only, as with listeners of events.
      }
    }
  }
}

/** The findings without their words. */
function rulesOf({ rule, others }: Verdict): string {
  return [rule, ...others.map((other) => other.rule)].join(' ');
}

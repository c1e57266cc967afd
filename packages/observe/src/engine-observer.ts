// The observer: hears the events of an engine, reads its gauges, and answers questions about the engine.
import type { BatchTime, Clock, StreamingEvents, StreamingListener } from '@millrace/core';
import type { EngineGauges, PostponedEvents } from '@millrace/core/observation';
import { healthOf, type HealthFacts, type HealthReport, readinessOf } from './health/health.ts';
import type { BatchQuery } from './history/batch-history.ts';
import { LiveChanges } from './live/live-changes.ts';
import { prometheusText } from './metrics/prometheus-text.ts';
import { type MetricValues, metricValuesOf } from './metrics/metric-values.ts';
import { Observation } from './observation.ts';
import { eventHandlers, type EventHandlers } from './event-handlers.ts';
import { type ObserverOptions, resolveObserverOptions } from './observer-options.ts';
import type { EngineState } from './schema/engine-state.ts';
import type { ObservedBatch, ObservedBatches } from './schema/observed-batch.ts';
import type { LiveState, ObserverListener } from './schema/observer-change.ts';
import type { Verdict } from './schema/verdict.ts';
import { liveStateOf, stateOf, windowMoment } from './state-of.ts';
import { factsOf } from './verdict/facts-of.ts';
import { FALLING_BEHIND } from './verdict/rules/falling-behind.ts';
import { VerdictJudge } from './verdict/verdict-judge.ts';

/** The facts are judged again after this time, in milliseconds: hysteresis needs regular judgements. */
const JUDGE_EVERY_MS = 250;

/** Events after which the facts are judged: not more often than necessary, as every batch has several events. */
const JUDGED_EVENTS: ReadonlySet<keyof StreamingEvents> = new Set([
  'batch:completed',
  'driver:in-charge',
  'driver:standby',
  'receiver:failed',
  'receiver:restarting',
  'streaming:failed',
  'streaming:started',
  'streaming:stopped',
] as const);

/** The collaborators of an observer. */
export interface EngineObserverDeps {
  /** The clock of the engine. */
  readonly clock: Clock;
  /** The gauges of the engine. Default: the observer knows events alone, and fields that only gauges tell are absent. */
  readonly gauges?: EngineGauges;
  readonly options?: Partial<ObserverOptions>;
}

/**
 * Observes one engine: a `StreamingListener` with a bounded memory of 8 MB at most, whatever the number of streams, the
 * interval and the length of texts. Listens from its binding on: an observer that is added later counts from then on.
 *
 * Every answer is plain data with the schema version 1, made at the moment of the question.
 */
export class EngineObserver implements StreamingListener {
  readonly readsOnly = true;
  readonly #options: ObserverOptions;
  readonly #observation: Observation;
  readonly #judge = new VerdictJudge();
  readonly #live: LiveChanges;
  readonly #handlers: EventHandlers;
  #postponed: PostponedEvents | undefined;
  #verdict: Verdict | undefined;
  #judgedMs = Number.NEGATIVE_INFINITY;

  /** @throws `MR_CONFIG_INVALID_OPTION` with every unknown name and wrong value of the options. */
  constructor(deps: EngineObserverDeps) {
    const { clock, gauges } = deps;
    this.#options = resolveObserverOptions(deps.options);
    this.#observation = new Observation({ clock, gauges, options: this.#options });
    this.#live = new LiveChanges(clock, {
      takeEvents: () => this.#takeEvents(),
      batch: (batchTime) => this.batch(batchTime),
      pointsFrom: (timeMs) => this.#observation.timelines.recentFrom(timeMs),
      input: (streamId) => this.#observation.inputs.observed(streamId, windowMoment(this.#observation)),
      verdict: () => this.verdict(),
      liveState: () => this.liveState(),
    });
    this.#handlers = eventHandlers(this.#observation, this.#live);
  }

  /** Takes an event of the engine. Unknown events are ignored. */
  onEvent<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K], postedMs?: number): void {
    const handle = this.#handlers[event];
    if (handle === undefined) return;
    const monotonicMs = postedMs ?? this.#observation.clock.monotonicMs();
    handle(value, monotonicMs);
    // Events come together: the facts are judged at the newest of them.
    if (JUDGED_EVENTS.has(event) && monotonicMs - this.#judgedMs >= JUDGE_EVERY_MS) this.#judgeNow();
  }

  /** Lets the engine deliver the events of batches late and together. Every answer takes waiting events first. */
  postpone(events: PostponedEvents): void {
    this.#postponed = events;
  }

  /**
   * Everything about the engine now, the timelines included.
   *
   * @param question `points` bounds the newest points of each timeline. Default: all, 3,600 and 1,440 at most.
   */
  state(question: { readonly points?: number } = {}): EngineState {
    this.#takeEvents();
    return stateOf(this.#observation, this.verdict(), question.points);
  }

  /** Everything but the timelines: a smaller answer, for repeated questions. */
  liveState(): LiveState {
    this.#takeEvents();
    return liveStateOf(this.#observation, this.verdict());
  }

  /** The newest batches, newest first, at most 100 without a `limit`. */
  batches(query: BatchQuery = {}): ObservedBatches {
    this.#takeEvents();
    this.#observation.gauges.read();
    return this.#observation.batches.query(query, this.#observation.isHeld, this.#observation.interval.ms);
  }

  /** One batch; undefined: the history does not have the batch, or no longer. */
  batch(batchTime: BatchTime): ObservedBatch | undefined {
    this.#takeEvents();
    const kept = this.#observation.batches.get(batchTime);
    return kept?.toObserved(this.#observation.isHeld(kept));
  }

  /** The verdict, at most 250 ms old. */
  verdict(): Verdict {
    this.#takeEvents();
    return this.#judgeNow();
  }

  /**
   * Calls `listen` for every change, at most four times a second, once when batches are many. Returns a function that ends the calls. The observer
   * uses a timer of its clock while somebody listens; the timer does not keep a process alive.
   */
  subscribe(listen: ObserverListener): () => void {
    return this.#live.subscribe(listen);
  }

  /** The answer for `/healthz`. */
  health(): HealthReport {
    return healthOf(this.#healthFacts());
  }

  /** The answer for `/readyz`, by the options `minReceivers` and `readyBehindMs`. */
  readiness(): HealthReport {
    return readinessOf(this.#healthFacts(), this.#options);
  }

  /** The values of all metrics now, by the names of `METRICS`. */
  metrics(): readonly MetricValues[] {
    this.#takeEvents();
    this.#observation.gauges.read();
    return metricValuesOf(this.#observation, this.verdict());
  }

  /** The metrics in the text format of Prometheus, version 0.0.4. */
  prometheus(): string {
    return prometheusText(this.metrics());
  }

  /** The bytes of the memory of the observer by its own account. */
  get memoryBytes(): number {
    this.#takeEvents();
    return this.#observation.bytes;
  }

  #takeEvents(): void {
    this.#postponed?.deliver();
  }

  #judgeNow(): Verdict {
    const monotonicMs = this.#observation.clock.monotonicMs();
    if (this.#verdict !== undefined && monotonicMs - this.#judgedMs < JUDGE_EVERY_MS) return this.#verdict;
    this.#judgedMs = monotonicMs;
    this.#verdict = this.#judge.judge(factsOf(this.#observation), monotonicMs);
    return this.#verdict;
  }

  #healthFacts(): HealthFacts {
    this.verdict();
    const { state, failure, inputs, clock } = this.#observation;
    const behindForMs = this.#judge.firesForMs(FALLING_BEHIND, clock.monotonicMs());
    return {
      state,
      hasFailed: failure !== undefined,
      receivers: inputs.all().filter(({ isReceiver }) => isReceiver),
      heldBatches: this.#observation.heldBatches().length,
      ...(behindForMs === undefined ? {} : { behindForMs }),
    };
  }
}

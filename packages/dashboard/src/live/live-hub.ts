// The live channel: passes the changes of the observed engine on to all listeners. The observer collects changes, at most four
// times a second, and is asked for changes only while somebody listens.
//
// Ids are `INSTANCE-NUMBER`, and the numbers of messages are consecutive. A listener that comes back with the newest id has
// missed nothing and goes on; any other listener begins with a snapshot.
import { SystemClock, type Clock, type Timer } from '@millrace/core';
import type { LiveState, ObservedInput, ObserverChange } from '@millrace/observe';
import type { ObservedSource } from '../observed-source.ts';
import { COMMENT, eventBytes, type EventStream } from './event-stream.ts';
import type { BatchEvent, ReceiverEvent, SnapshotEvent, VerdictEvent } from './live-messages.ts';
import {
  batchRow,
  shortInput,
  shortTimeline,
  shortVerdict,
  shownGraph,
  shownInputs,
  summaryOf,
} from './summaries.ts';

/** The most listeners. */
export const LISTENERS_MAX = 32;

const COMMENT_MS = 15_000;
/** The time for the last message to leave, at the end. */
const CLOSE_MS = 500;
const SNAPSHOT_BATCHES_MAX = 200;

/** Parts of a `LiveHub`. */
export interface LiveHubDeps {
  readonly clock: Clock;
  readonly source: ObservedSource;
}

/** All live listeners of one dashboard. */
export class LiveHub {
  readonly #clock: Clock;
  readonly #source: ObservedSource;
  readonly #instance: string;
  readonly #listeners = new Set<EventStream>();
  #unsubscribe: (() => void) | undefined;
  #commentTimer: Timer | undefined;
  #isCommenting = false;
  /** The number of the newest message. */
  #number = 0;
  /** The newest form of each input that listeners have, by stream. */
  readonly #sentInputs = new Map<number, string>();
  #hasSentGraph = false;
  /** The changes of this moment. */
  readonly #news: ObserverChange[] = [];
  #isClosed = false;

  constructor({ clock, source }: LiveHubDeps) {
    this.#clock = clock;
    this.#source = source;
    this.#instance = clock.now().toString(36);
  }

  /** The number of listeners. */
  get size(): number {
    return this.#listeners.size;
  }

  /** True when a further listener is refused. */
  get isFull(): boolean {
    return this.#listeners.size >= LISTENERS_MAX;
  }

  /**
   * Adds a listener.
   *
   * @param lastId The id of the newest message that the listener has; undefined for a new listener.
   */
  join(stream: EventStream, lastId?: string): void {
    if (this.#isClosed) {
      void stream.end();
      return;
    }
    if (this.#listeners.size === 0) this.#begin();
    if (lastId !== this.#id()) stream.write(eventBytes('snapshot', this.#id(), this.#snapshot()));
    this.#listeners.add(stream);
    stream.onClose(() => this.#leave(stream));
    this.#commentLater();
  }

  /** Sends the newest state and ends all streams; listeners that do not read are not waited for. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#listeners.size === 0) return;
    this.#news.push({ kind: 'state', state: this.#source.liveState() });
    this.#flush();
    const ended = Promise.all(Array.from(this.#listeners, (stream) => stream.end()));
    this.#listeners.clear();
    this.#end();
    const late = Promise.withResolvers<void>();
    const timer = this.#clock.after(CLOSE_MS, late.resolve);
    await Promise.race([ended, late.promise]);
    timer.cancel();
  }

  /** Without listeners nobody was told of changes, so that whoever comes back has missed some. */
  #begin(): void {
    this.#number += 1;
    this.#sentInputs.clear();
    this.#hasSentGraph = false;
    this.#unsubscribe = this.#source.subscribe((change) => this.#collect(change));
  }

  #end(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#commentTimer?.cancel();
    this.#commentTimer = undefined;
  }

  #id(): string {
    return `${this.#instance}-${this.#number}`;
  }

  #leave(stream: EventStream): void {
    this.#listeners.delete(stream);
    if (this.#listeners.size === 0) this.#end();
  }

  #commentLater(): void {
    if (this.#isCommenting) return;
    this.#isCommenting = true;
    const comment = (): void => {
      this.#isCommenting = false;
      this.#commentTimer = undefined;
      if (this.#listeners.size === 0) return;
      this.#send(COMMENT);
      this.#commentLater();
    };
    // A listener keeps no process alive.
    if (this.#clock instanceof SystemClock) this.#clock.afterWhileAlive(COMMENT_MS, comment);
    else this.#commentTimer = this.#clock.after(COMMENT_MS, comment);
  }

  /** The observer tells all changes of a moment one after the other: they leave together. */
  #collect(change: ObserverChange): void {
    if (this.#news.length === 0) queueMicrotask(() => this.#flush());
    this.#news.push(change);
  }

  #flush(): void {
    const news = this.#news.splice(0);
    if (this.#listeners.size === 0) return;
    let batch: BatchEvent | undefined;
    for (const change of news) {
      switch (change.kind) {
        case 'batch': {
          const batches = [...(batch?.batches ?? []), ...change.batches.map(batchRow)];
          batch = { ...batch, batches, points: shortTimeline(change.points) };
          break;
        }
        case 'receiver':
          this.#sendInputs(change.inputs.map(shortInput));
          break;
        case 'verdict':
          this.#sendEvent('verdict', shortVerdict(change.verdict) satisfies VerdictEvent);
          break;
        case 'state':
          this.#sendInputs(this.#changedInputs(shownInputs(change.state.inputs)));
          batch = { batches: [], ...batch, ...this.#amountsOf(change.state) };
      }
    }
    if (batch !== undefined) this.#sendEvent('batch', batch);
  }

  #amountsOf(state: LiveState): Pick<BatchEvent, 'summary' | 'graph'> {
    const isNewGraph = !this.#hasSentGraph && state.graph.length > 0;
    this.#hasSentGraph ||= isNewGraph;
    return { summary: summaryOf(state), ...(isNewGraph ? { graph: shownGraph(state.graph) } : {}) };
  }

  #sendInputs(inputs: readonly ObservedInput[]): void {
    if (inputs.length === 0) return;
    for (const input of inputs) this.#sentInputs.set(input.streamId, JSON.stringify(input));
    this.#sendEvent('receiver', { inputs } satisfies ReceiverEvent);
  }

  #changedInputs(inputs: readonly ObservedInput[]): readonly ObservedInput[] {
    const shown = new Set(inputs.map(({ streamId }) => streamId));
    for (const streamId of this.#sentInputs.keys())
      if (!shown.has(streamId)) this.#sentInputs.delete(streamId);
    return inputs.filter((input) => this.#sentInputs.get(input.streamId) !== JSON.stringify(input));
  }

  #snapshot(): SnapshotEvent {
    const { timelines, ...state } = this.#source.state();
    const { batches, hasMore } = this.#source.batches({ limit: SNAPSHOT_BATCHES_MAX });
    return {
      schema: 1,
      summary: summaryOf(state),
      inputs: shownInputs(state.inputs),
      graph: shownGraph(state.graph),
      timelines: { recent: shortTimeline(timelines.recent), day: shortTimeline(timelines.day) },
      batches: batches.map(batchRow),
      hasMoreBatches: hasMore,
    };
  }

  #sendEvent(name: string, data: unknown): void {
    this.#number += 1;
    this.#send(eventBytes(name, this.#id(), data));
  }

  #send(bytes: Uint8Array): void {
    for (const stream of this.#listeners) stream.write(bytes);
  }
}

// A receiver tracker whose whole environment is played by the test: executors, policy, time, chance, log.
import {
  type ExecutorId,
  ManualClock,
  type ReceiverAttemptId,
  type SchedulingPolicy,
  type StreamId,
  type StreamingEvents,
} from '@millrace/core';
import type { DeregisterReceiver, RegisterReceiverReply, ReportStarted } from '@millrace/core/engine';
import { RecordingExecutorBackend, RecordingLogger } from '@millrace/testing';
import { ReceivedBlockTracker } from '../src/tracking/received-block-tracker.ts';
import { ReceiverTracker } from '../src/tracking/receiver-tracker.ts';
import type { ReceiverTrackerDeps } from '../src/tracking/receiver-tracker.ts';
import type { ReceivedBlockTrackerOptions } from '../src/tracking/tracking-options.ts';
import { ScriptedMetadataLog } from './scripted-metadata-log.ts';

/** A policy that deals receivers out in order, and moves one to the executors in order of arrival. */
export const inOrderPolicy: SchedulingPolicy = {
  name: 'in-order',
  scheduleReceivers: (receivers, executors) =>
    new Map(
      receivers.map(({ streamId }, index) => {
        const executor = executors[index % executors.length];
        return [streamId, executor === undefined ? [] : [executor]];
      }),
    ),
  rescheduleReceiver: (_receiver, _placements, executors) => executors,
};

/** Differences that a test may set. */
export interface FixtureSetup extends Partial<ReceiverTrackerDeps> {
  /** Number of receivers, numbered from 0. Default 1. */
  readonly receiverCount?: number;
  /** True: the receivers are replayable. Default false. */
  readonly isReplayable?: boolean;
  /** Executors present from the beginning. Default `a` and `b`. */
  readonly executorIds?: readonly ExecutorId[];
  /** Options of the received-block tracker. */
  readonly blockTracking?: Partial<ReceivedBlockTrackerOptions>;
}

/** An event, with the name of the receiver's state in the event. */
type SeenEvent = {
  readonly [K in keyof StreamingEvents]: { readonly event: K; readonly value: StreamingEvents[K] };
};

/** The tracker with the means to drive its environment. */
export class ReceiverTrackerFixture {
  readonly clock = new ManualClock(1_000_000);
  readonly backend = new RecordingExecutorBackend();
  readonly log = new RecordingLogger();
  readonly metadataLog = new ScriptedMetadataLog();
  readonly events: SeenEvent[keyof StreamingEvents][] = [];
  readonly blockTracker: ReceivedBlockTracker;
  readonly tracker: ReceiverTracker;
  /** The last registered run of each stream. */
  readonly #runs = new Map<StreamId, number>();

  constructor(setup: FixtureSetup = {}) {
    const {
      receiverCount = 1,
      executorIds = ['a', 'b'],
      isReplayable = false,
      blockTracking,
      ...over
    } = setup;
    const receivers = Array.from({ length: receiverCount }, (_, streamId) => ({
      streamId,
      name: `s${streamId}`,
      isReplayable,
    }));
    for (const executorId of executorIds) this.backend.addExecutor(executorId);
    this.blockTracker = new ReceivedBlockTracker({
      streamIds: receivers.map((receiver) => receiver.streamId),
      log: this.log,
      metadataLog: this.metadataLog,
      ...(blockTracking === undefined ? {} : { options: blockTracking }),
    });
    let attempts = 0;
    this.tracker = new ReceiverTracker({
      backend: this.backend,
      policy: inOrderPolicy,
      receivers,
      blockTracker: this.blockTracker,
      clock: this.clock,
      random: { next: () => 0, integer: () => 0, id: () => `attempt${(attempts += 1)}` },
      epoch: 7,
      publish: (event, value) => this.events.push({ event, value } as SeenEvent[typeof event]),
      log: this.log,
      ...over,
    });
    void this.backend.start({ driver: this.tracker, membership: this.tracker });
  }

  /** Starts the tracker, and starts all receivers on the executors of their start messages. */
  async startAll(): Promise<this> {
    await this.tracker.start();
    for (const { streamId } of this.tracker.receiverInfos()) await this.run(streamId);
    return this;
  }

  /** Registers a receiver and reports its start. */
  async run(streamId: StreamId = 0): Promise<void> {
    await this.register(streamId);
    await this.reportStarted(streamId);
  }

  /** Reports the start of a receiver, by default of its last registration. */
  reportStarted(streamId: StreamId = 0, over: Partial<ReportStarted> = {}): Promise<void> {
    const { attemptId } = this.lastStart(streamId);
    return this.tracker.ask('ReportStarted', { streamId, attemptId, run: this.#lastRun(streamId), ...over });
  }

  /** The last start message to a stream's executor. */
  lastStart(streamId: StreamId = 0) {
    const start = this.backend.requests('StartReceiver').findLast((request) => request.streamId === streamId);
    if (start === undefined) throw new TypeError(`stream ${streamId} has never been told to start`);
    return start;
  }

  /** Registers a receiver, by default with the executor and attempt of its last start message. */
  register(
    streamId: StreamId = 0,
    over: { executorId?: ExecutorId; host?: string; attemptId?: ReceiverAttemptId; run?: number } = {},
  ): Promise<RegisterReceiverReply> {
    const { attemptId, executorId } = { ...this.lastStart(streamId), ...over };
    const host = over.host ?? `host-${executorId}`;
    const run = over.run ?? this.#lastRun(streamId) + 1;
    if (over.run === undefined) this.#runs.set(streamId, run);
    return this.tracker.ask('RegisterReceiver', {
      streamId,
      attemptId,
      executorId,
      host,
      receiverName: 'test',
      run,
    });
  }

  /** Deregisters a receiver, by default with the attempt of its last start message and the run of its last registration. */
  deregister(reason: DeregisterReceiver['reason'], over: Partial<DeregisterReceiver> = {}): Promise<void> {
    const streamId = over.streamId ?? 0;
    const { attemptId } = this.lastStart(streamId);
    return this.tracker.ask('DeregisterReceiver', {
      streamId,
      attemptId,
      run: this.#lastRun(streamId),
      reason,
      message: `it ${reason}`,
      recordsLeft: 0,
      ...over,
    });
  }

  #lastRun(streamId: StreamId): number {
    return this.#runs.get(streamId) ?? 0;
  }

  /** Runs everything that needs no passage of time. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  /** The names of the events so far. */
  eventNames(): string[] {
    return this.events.map(({ event }) => event);
  }

  /** The receiver of stream 0 as listeners see it. */
  get receiver() {
    return this.tracker.receiverInfos()[0];
  }
}

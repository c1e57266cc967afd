// Several drivers of one application over one log and one lease, each with a clock of its own: drivers wait for each
// other, die, are paused and lose the way to the lease.
import {
  type Block,
  type BlockId,
  definePlugin,
  type ManualClock,
  MsgpackCodec,
  type Plugin,
  pluginModule,
  ReceivedBlockHandler,
  type WriteAheadLog,
  WriteAheadLogFactory,
} from '@millrace/core';
import { DriverLease } from '@millrace/core/engine';
import {
  type MemoryDriverLease,
  MemoryDriverLeases,
  MemoryWriteAheadLogFactory,
  type RecordingLogger,
  virtualPorts,
} from '@millrace/testing';
import { type StandaloneContextOptions, StreamingContext } from '../src/index.ts';
import { METADATA_LOG_NAME } from '../src/tracking/logged-metadata-log.ts';
import { BlockTexts, decodeEvent } from '../src/tracking/metadata-event-codec.ts';
import type { MetadataEvent } from '../src/tracking/metadata-log.ts';
import { handlerOver, NumberSource } from './restart-world.ts';

const APPLICATION = 'shared';
/** Drivers advance in turn by this length. */
const STEP_MS = 100;

/** One driver of the application. */
export interface SharedDriver {
  readonly name: string;
  readonly ssc: StreamingContext;
  readonly clock: ManualClock;
  readonly log: RecordingLogger;
  readonly lease: MemoryDriverLease;
  /** The events of the life of the engine, in order. */
  readonly events: readonly string[];
  /** The outcome of `start`: undefined while pending, `'resolved'`, or the error. */
  readonly outcome: () => unknown;
  /** False for a driver that is paused or dead: its clock stands still. */
  isRunning: boolean;
}

/** One run of the output of a batch. */
export interface Output {
  readonly driver: string;
  readonly batchTime: number;
  readonly numbers: readonly number[];
}

/** The parts that all drivers share. */
export class TwoDrivers {
  leases = new MemoryDriverLeases();
  readonly logs = new MemoryWriteAheadLogFactory({ takesOver: true });
  readonly source = new NumberSource();
  readonly outputs: Output[] = [];
  /** The drivers and epochs of writes by partition. */
  readonly writes = new Set<string>();
  /** Called in each job, before its output counts. */
  inJob: ((driver: string) => void | Promise<void>) | undefined;
  readonly #blocks = new Map<BlockId, Block>();
  readonly #drivers: SharedDriver[] = [];
  readonly #accepted: Uint8Array[] = [];
  #nowMs = 10_000;

  /** Starts a driver. */
  begin(name: string, options: Partial<StandaloneContextOptions> = {}): SharedDriver {
    const { clock, log, plugin } = virtualPorts({ startMs: this.#nowMs, seed: name });
    const lease = this.leases.driver(name, clock);
    const ssc = new StreamingContext({
      appName: APPLICATION,
      batchIntervalMs: 1_000,
      plugins: [plugin, this.#plugin(lease)],
      ...options,
    });
    let outcome: unknown;
    const driver: SharedDriver = {
      name,
      ssc,
      clock,
      log,
      lease,
      events: eventsOf(ssc),
      outcome: () => outcome,
      isRunning: true,
    };
    const receiver = this.source.receiver({ replayable: true, isAlive: () => driver.isRunning });
    const numbers = ssc.receiverStream(receiver);
    numbers.foreachRDD(async (rdd, { batchTime }) => {
      await this.inJob?.(name);
      this.outputs.push({ driver: name, batchTime, numbers: await rdd.collect() });
    });
    numbers.foreachPartition((_records, { epoch }) => void this.writes.add(`${name} in epoch ${epoch}`));
    ssc.start().then(
      () => {
        outcome = 'resolved';
      },
      (error: unknown) => {
        outcome = error;
      },
    );
    // Tests look at the outcome of the start, and await the termination where the engine fails later.
    ssc.awaitTermination().catch(() => undefined);
    this.#drivers.push(driver);
    return driver;
  }

  /** Lets time pass for every running driver, while the source goes on. */
  async pass(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += STEP_MS) {
      this.#nowMs += STEP_MS;
      this.source.produced += 1;
      for (const driver of this.#drivers) if (driver.isRunning) await driver.clock.setTime(this.#nowMs);
    }
  }

  /** Lets this many terms begin and end, of drivers that decide nothing. */
  async passTerms(count: number): Promise<void> {
    const { signal } = new AbortController();
    const { clock } = virtualPorts();
    for (let term = 0; term < count; term += 1) {
      const lease = this.leases.driver(`idle ${term}`, clock);
      await lease.acquire({ application: APPLICATION, signal, onStandby: () => undefined });
      await lease.release({ handOver: true });
    }
  }

  /** The driver's process is gone. */
  kill(driver: SharedDriver): void {
    driver.isRunning = false;
    driver.lease.kill();
  }

  /** The driver's process stands still, as after SIGSTOP. */
  pause(driver: SharedDriver): void {
    driver.isRunning = false;
  }

  /** The process goes on: its clock is ahead at once, and all timers are late. */
  async resume(driver: SharedDriver): Promise<void> {
    driver.isRunning = true;
    await driver.clock.leapTo(this.#nowMs);
  }

  /** The driver in charge by the lease. */
  get holder(): string | undefined {
    return this.leases.holderOf(APPLICATION);
  }

  /** The decisions that the log has accepted, in order, those included that were cleaned up. */
  decisions(): readonly MetadataEvent[] {
    const texts = new BlockTexts();
    const codec = new MsgpackCodec();
    const handle = { segment: '', offset: 0, length: 0 };
    return this.#accepted.map((payload) => decodeEvent(codec, { payload, handle }, texts));
  }

  /** The batches that were allocated, in order. */
  allocated(): readonly number[] {
    return this.decisions().flatMap((event) => (event.kind === 'batch-allocation' ? [event.timeMs] : []));
  }

  /** The epochs of the drivers in the log, in order. A driver repeats its epoch when it cleans up the log. */
  epochs(): readonly number[] {
    const epochs = this.decisions().flatMap((event) => (event.kind === 'driver-start' ? [event.epoch] : []));
    return epochs.filter((epoch, at) => epoch !== epochs[at - 1]);
  }

  async #openLog(name: string): Promise<WriteAheadLog> {
    const log = await this.logs.open(name);
    return {
      write: async (payload, timeMs) => {
        const handle = await log.write(payload, timeMs);
        if (name === METADATA_LOG_NAME) this.#accepted.push(payload.slice());
        return handle;
      },
      read: (handle) => log.read(handle),
      readAll: () => log.readAll(),
      clean: (thresholdMs) => log.clean(thresholdMs),
      close: () => log.close(),
    };
  }

  #plugin(lease: DriverLease): Plugin {
    const handler = handlerOver(this.#blocks, this.#blocks);
    const logs = { open: (name: string) => this.#openLog(name) };
    return definePlugin({
      name: 'two-drivers',
      version: '1.0.0',
      contract: 1,
      provides: [ReceivedBlockHandler, WriteAheadLogFactory, DriverLease],
      optionsSchema: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
      module: () =>
        pluginModule((bind) => {
          bind(ReceivedBlockHandler).toConstantValue(handler);
          bind(WriteAheadLogFactory).toConstantValue(logs);
          bind(DriverLease).toConstantValue(lease);
        }),
    })({});
  }
}

function eventsOf(ssc: StreamingContext): readonly string[] {
  const events: string[] = [];
  ssc.on('driver:standby', ({ holder }) => void events.push(`standby behind ${holder}`));
  ssc.on('driver:in-charge', ({ epoch }) => void events.push(`in charge in epoch ${epoch}`));
  ssc.on('streaming:started', () => void events.push('started'));
  ssc.on('streaming:failed', ({ error }) => void events.push(`failed ${error.code}`));
  ssc.on('streaming:stopped', () => void events.push('stopped'));
  return events;
}

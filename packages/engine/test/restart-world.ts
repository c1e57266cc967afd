// The part of a world that survives the death of a driver's process, and the means to kill the driver: before or
// right after every step that involves the outside world (a write to a log, a stored block, a written output). A
// dead life never gets an answer again; the next life begins over the remains.
import {
  pluginModule,
  type Block,
  type BlockId,
  CheckpointStore,
  definePlugin,
  defineReceiver,
  type ManualClock,
  MemoryCheckpointStore,
  type Plugin,
  ReceivedBlockHandler,
  type Receiver,
  type ReceiverContext,
  type SourcePiece,
  type SourceRange,
  WriteAheadLogFactory,
} from '@millrace/core';
import {
  MemoryStorage,
  MemoryWriteAheadLogFactory,
  type RecordingLogger,
  virtualPorts,
} from '@millrace/testing';
import { type StandaloneContextOptions, StreamingContext } from '../src/index.ts';

/** The durable parts of a world. */
export interface RestartWorldOptions {
  /** Default true. */
  readonly hasLog?: boolean;
  /** Default true. */
  readonly hasCheckpoints?: boolean;
  /** Default: each life has a seed of its own. */
  readonly seed?: number;
}

/** One life of a driver. */
export interface Life {
  readonly ssc: StreamingContext;
  readonly clock: ManualClock;
  readonly log: RecordingLogger;
}

/** The environment of a driver that may die. */
export class RestartWorld {
  readonly logs = new MemoryWriteAheadLogFactory();
  readonly checkpoints = new MemoryCheckpointStore();
  /** Blocks that survive the process. */
  readonly blocks = new Map<BlockId, Block>();
  /** Blocks that are lost with the process, because their source has them too. */
  readonly memory = new Map<BlockId, Block>();
  /** The disk. */
  readonly storage = new MemoryStorage();
  readonly #options: RestartWorldOptions;
  #nowMs = 10_000;
  #life = 0;
  #stepsLeft = Infinity;

  constructor(options: RestartWorldOptions = {}) {
    this.#options = options;
  }

  /** True when the driver of the latest life has died. */
  isDead = false;

  /** The wall time of the latest life. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /**
   * Begins a life: a new context, made by `program`, with a clock of its own. The life dies after this number of
   * steps.
   */
  begin(
    program: (ssc: StreamingContext) => void,
    options: Partial<StandaloneContextOptions> = {},
    stepsToLive = Infinity,
    plugins: readonly Plugin[] = [],
  ): Life {
    this.#life += 1;
    this.#stepsLeft = stepsToLive;
    this.isDead = false;
    const { clock, log, plugin } = virtualPorts({
      startMs: this.#nowMs,
      seed: this.#options.seed ?? this.#life,
      storage: this.storage,
    });
    const ssc = new StreamingContext({
      appName: 'restarts',
      batchIntervalMs: 1_000,
      plugins: [plugin, this.#plugin(), ...plugins],
      ...options,
    });
    program(ssc);
    return { ssc, clock, log };
  }

  /** Lets time pass, for the driver as well unless it is dead. */
  async pass(life: Life | undefined, ms: number): Promise<void> {
    this.#nowMs += ms;
    if (life !== undefined && !this.isDead) await life.clock.setTime(this.#nowMs);
  }

  /** Kills the process here and now. */
  kill(): void {
    this.isDead = true;
    this.#life += 1;
    this.logs.crash();
    this.memory.clear();
  }

  /** A step that involves the outside world: the caller dies here when its steps are used up. */
  step(): () => Promise<void> {
    const life = this.#life;
    return async () => {
      if (life === this.#life) this.#stepsLeft -= 1;
      if (this.#stepsLeft <= 0 && life === this.#life) this.kill();
      if (life !== this.#life) await new Promise<never>(() => undefined);
    };
  }

  /** Makes every call of an object a step, before and after it. */
  #mortal<T extends object>(target: T, wrap?: (result: object) => object): T {
    const step = this.step();
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name === 'readAll') return value.bind(target);
        return async (...args: unknown[]) => {
          await step();
          const result: unknown = await Reflect.apply(value, target, args);
          await step();
          return wrap === undefined ? result : wrap(result as object);
        };
      },
    });
  }

  #plugin(): Plugin {
    const { hasLog = true, hasCheckpoints = true } = this.#options;
    const logs = this.#mortal(this.logs, (log) => this.#mortal(log));
    const checkpoints = this.#mortal(this.checkpoints);
    const handler = this.#mortal(handlerOver(this.blocks, this.memory));
    return definePlugin({
      name: 'restart-world',
      version: '1.0.0',
      contract: 1,
      provides: [
        ReceivedBlockHandler,
        ...(hasLog ? [WriteAheadLogFactory] : []),
        ...(hasCheckpoints ? [CheckpointStore] : []),
      ],
      optionsSchema: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
      module: () =>
        pluginModule((bind) => {
          bind(ReceivedBlockHandler).toConstantValue(handler);
          if (hasLog) bind(WriteAheadLogFactory).toConstantValue({ open: (name) => logs.open(name) });
          if (hasCheckpoints) bind(CheckpointStore).toConstantValue(checkpoints);
        }),
    })({});
  }
}

/** Blocks in maps: like a handler with a log, only rereadable blocks stay in memory alone. */
export function handlerOver(blocks: Map<BlockId, Block>, memory: Map<BlockId, Block>): ReceivedBlockHandler {
  return {
    durability: 'process',
    storeBlock: async (blockId, block, { canBeReadAgain = false } = {}) => {
      (canBeReadAgain ? memory : blocks).set(blockId, block);
      const { recordCount, sizeBytes } = block;
      return { blockId, recordCount, sizeBytes, durability: canBeReadAgain ? 'memory' : 'process' };
    },
    readBlock: async ({ blockId }) => memory.get(blockId) ?? blocks.get(blockId),
    cleanupOldBlocks: async () => {},
    removeBlocks: async (ids) => {
      for (const id of ids) {
        memory.delete(id);
        blocks.delete(id);
      }
    },
  };
}

/** A source of the numbers 0, 1, 2, …, up to the number produced. The source outlives every receiver. */
export class NumberSource {
  produced = 0;
  /** The numbers that were acknowledged, in order. */
  readonly acknowledged: number[] = [];
  /** The position of each start. */
  readonly starts: number[] = [];
  /** The ranges that were read again, as the first and the last number. */
  readonly rangesRead: (readonly [number, number])[] = [];
  /** The oldest number that the source still has. */
  keptFrom = 0;
  /** The record that the source stores for a number; a value of another type is from a faulty source. */
  recordOf: (number: number) => unknown = (number) => number;

  /**
   * A receiver that polls the source: replayable, on request by ranges as well, or one whose source sends
   * unacknowledged numbers again.
   */
  receiver(options: {
    readonly replayable: boolean;
    readonly isAlive: () => boolean;
    readonly readsRanges?: boolean;
  }) {
    const { replayable, isAlive, readsRanges = false } = options;
    return defineReceiver({
      name: 'numbers',
      contract: 1,
      capabilities: {
        ack: replayable ? 'none' : 'cumulative',
        replayable,
        ordering: 'per-stream',
        pause: true,
        bounded: false,
        format: 'records',
        touches: [],
      },
      options: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
      create: (): Receiver<number> => ({
        start: (context) => this.#read(context, replayable),
        stop: () => undefined,
        acknowledge: (tokens) => {
          if (isAlive()) this.acknowledged.push(...(tokens as number[]));
        },
      }),
      ...(readsRanges && { readRange: (_options: unknown, range: SourceRange) => this.#readAgain(range) }),
    })({});
  }

  async *#readAgain({ from, to }: SourceRange): AsyncGenerator<SourcePiece<number>> {
    const first = from === undefined ? 0 : Number(from) + 1;
    this.rangesRead.push([first, Number(to)]);
    if (first < this.keptFrom) throw new Error(`number ${first} is gone`);
    for (let number = first; number <= Number(to); number += 1)
      yield { kind: 'records', records: [this.recordOf(number) as number] };
  }

  #read(context: ReceiverContext<number>, replayable: boolean): void {
    const last = replayable ? context.resumeFrom : this.acknowledged.at(-1);
    let next = last === undefined ? 0 : Number(last) + 1;
    this.starts.push(next);
    const poll = (): void => {
      if (context.signal.aborted) return;
      for (; next < this.produced; next += 1) context.store(this.recordOf(next) as number, next);
      context.clock.after(50, poll);
    };
    poll();
  }
}

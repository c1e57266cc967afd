// A driver and its executors in one process and on one virtual clock, each with a program copy and ports of its own,
// connected by messages in memory. Executors die on the test's command; their remaining activity is cut off, as a
// thread's remains would be.
import {
  BlockStore,
  Clock,
  ExecutorBackend,
  isMillraceError,
  type LogHandle,
  Logger,
  ManualClock,
  MemoryBlockStore,
  type Block,
  ProcessRole,
  provide,
  RandomSource,
  ReceivedBlockHandler,
  SeededRandom,
  Storage,
  type MillraceError,
  type Plugin,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { MemoryReceivedBlockHandler } from '@millrace/core/engine';
import { type StandaloneContextOptions, StreamingContext } from '@millrace/engine';
import { MemoryStorage, RecordingLogger } from '@millrace/testing';
import { channelPeer } from '../src/channel-peer.ts';
import { ChannelExecutorSession, type SessionDeps } from '../src/executor-session.ts';
import type { ExecutorExit, ExecutorLauncher } from '../src/executor-launcher.ts';
import { type Carrier, memoryConnector, MemoryEnd } from '../src/memory-connection.ts';
import { RemoteExecutorBackend } from '../src/remote-executor-backend.ts';
import { remoteError } from '../src/remote-errors.ts';
import type { RemoteExecutorOptions } from '../src/remote-options.ts';
import type { Connector } from '../src/transport.ts';
import { remoteOptions } from './remote-options.ts';

/** A copy of the program, and its place: `driver`, or the slot of an executor. */
export type Program = (ssc: StreamingContext, place: string) => void;

/** The differences from two executors in memory. */
export interface VirtualClusterOptions {
  readonly executors?: number;
  /** True: no executors, everything in one process, as a reference. Default false. */
  readonly isLocal?: boolean;
  /** True when blocks outlive their executor. Default false. */
  readonly hasLog?: boolean;
  readonly carry?: Carrier;
  /** The initial time of the clock, in milliseconds. Default 10,000. */
  readonly startMs?: number;
  /** Plugins of the driver. */
  readonly driverPlugins?: readonly Plugin[];
  readonly remote?: Partial<RemoteExecutorOptions>;
  readonly context?: Partial<StandaloneContextOptions>;
  /** Changes the connections between executors: the driver's side, and the side of the executor in a slot. */
  readonly connect?: {
    readonly pair: (pair: Connector['pair']) => Connector['pair'];
    readonly adopt: (slot: string, adopt: Connector['adopt']) => Connector['adopt'];
  };
}

interface Running {
  /** True when the executor neither receives nor sends. */
  isFrozen: boolean;
  /** The executor's connections: to the driver, and to other executors. */
  readonly ends: MemoryEnd[];
  exit(reason: MillraceError): void;
}

/** A cluster under the control of a test. */
export class VirtualCluster {
  readonly clock: ManualClock;
  readonly log = new RecordingLogger();
  readonly random = new SeededRandom(1);
  readonly storage: MemoryStorage;
  readonly backend: RemoteExecutorBackend;
  readonly ssc: StreamingContext;
  /** Executors that were launched and have not exited, by slot. */
  readonly running = new Map<string, Running>();
  /** The number of launched executors. */
  launches = 0;
  /** Slots of executors that are launched and never receive a message. */
  deafSlots = new Set<string>();
  readonly #options: VirtualClusterOptions;
  readonly #program: Program;
  readonly #logged = new Map<string, Block>();

  constructor(program: Program, options: VirtualClusterOptions = {}) {
    this.clock = new ManualClock(options.startMs ?? 10_000);
    this.storage = new MemoryStorage({ clock: this.clock });
    this.#options = options;
    this.#program = program;
    this.backend = new RemoteExecutorBackend({
      launcher: this.#launcher(),
      clock: this.clock,
      random: this.random,
      log: this.log,
      options: remoteOptions(options.remote ?? {}),
      name: 'memory',
    });
    this.ssc =
      options.isLocal === true
        ? this.#context(options.driverPlugins ?? [], {})
        : this.#context([provide(ExecutorBackend, this.backend), ...(options.driverPlugins ?? [])], {
            master: `local[${options.executors ?? 2}]`,
          });
    program(this.ssc, 'driver');
  }

  /** Starts the context; executors come up in turns of the event loop. */
  async start(options: Parameters<StreamingContext['start']>[0] = {}): Promise<void> {
    await this.ssc.start(options);
  }

  /** The executor of this slot is gone at once. */
  kill(slot: string, reason = coreError('MR_EXECUTOR_UNREACHABLE', 'killed by the test')): void {
    this.running.get(slot)?.exit(reason);
  }

  /** The executor of this slot is in an endless loop. */
  freeze(slot: string): void {
    const running = this.running.get(slot);
    if (running !== undefined) running.isFrozen = true;
  }

  /** The host of this slot is gone: the driver learns of the loss, and no connection between executors closes. */
  loseHost(slot: string): void {
    const running = this.running.get(slot);
    if (running === undefined) return;
    running.isFrozen = true;
    running.ends.splice(1);
    running.exit(remoteError('MR_REMOTE_NOT_RESPONDING', 'the host is gone'));
  }

  /** The log lines with this message. */
  logged(message: string): readonly { readonly fields?: Readonly<Record<string, unknown>> }[] {
    return this.log.lines.filter((line) => line.message === message);
  }

  #launcher(): ExecutorLauncher {
    const connector = memoryConnector(this.#options.carry);
    return {
      ...connector,
      pair: this.#options.connect?.pair(connector.pair) ?? connector.pair,
      places: 2,
      launch: ({ index, life, application }) => {
        const slot = `${index}`;
        this.launches += 1;
        const carry = this.#options.carry ?? ((_, deliver) => queueMicrotask(deliver));
        const [end, far] = MemoryEnd.pair((message, deliver) => running.isFrozen || carry(message, deliver));
        let exited: ((exit: ExecutorExit) => void) | undefined;
        const running: Running = {
          isFrozen: false,
          ends: [end],
          exit: (reason) => {
            if (this.running.get(slot) === running) this.running.delete(slot);
            for (const own of running.ends) own.close();
            exited?.({ reason, isQuiet: false });
            exited = undefined;
          },
        };
        this.running.set(slot, running);
        if (!this.deafSlots.has(slot)) this.#load({ slot, application }, far, running);
        return {
          executorId: life === 0 ? `executor-${slot}` : `executor-${slot}.${life}`,
          host: `host-${slot}`,
          end,
          onExit: (listener) => (exited = listener),
          terminate: async () => running.exit(coreError('MR_EXECUTOR_UNREACHABLE', 'terminated')),
        };
      },
    };
  }

  /** The steps of a thread that loads the program. */
  #load(
    { slot, application }: Pick<SessionDeps, 'slot' | 'application'>,
    end: MemoryEnd,
    running: Running,
  ): void {
    const adopt: Connector['adopt'] = (attachment, service) => {
      running.ends.push(attachment as MemoryEnd);
      return channelPeer(attachment as MemoryEnd, service);
    };
    const connector = { adopt: this.#options.connect?.adopt(slot, adopt) ?? adopt };
    const session = new ChannelExecutorSession({ slot, application, end, connector });
    const ssc = this.#context([provide(ProcessRole, { executor: session })], {});
    this.#program(ssc, slot);
    void ssc.start().catch((error: unknown) => {
      // The driver has refused the program; the reason of the rejection was reported already.
      if (!isMillraceError(error)) throw error;
      running.exit(error);
    });
  }

  #context(plugins: readonly Plugin[], own: Partial<StandaloneContextOptions>): StreamingContext {
    const { hasLog = false, context } = this.#options;
    const blocks = new MemoryBlockStore();
    return new StreamingContext({
      appName: 'virtual',
      batchIntervalMs: 1_000,
      ...context,
      ...own,
      plugins: [
        provide(Clock, this.clock),
        provide(Logger, this.log),
        provide(RandomSource, this.random),
        provide(Storage, this.storage),
        provide(BlockStore, blocks),
        provide(
          ReceivedBlockHandler,
          hasLog ? this.#loggingHandler() : new MemoryReceivedBlockHandler(blocks),
        ),
        ...plugins,
      ],
    });
  }

  /** A handler over a store that all executors can read and that outlives the executors. */
  #loggingHandler(): ReceivedBlockHandler {
    const logged = this.#logged;
    return {
      durability: 'process',
      storeBlock: async (blockId, block) => {
        if (logged.has(blockId)) throw coreError('MR_BLOCK_DUPLICATE', `block ${blockId} is stored already`);
        logged.set(blockId, block);
        const { recordCount, sizeBytes } = block;
        const handle: LogHandle = { segment: 'log', offset: logged.size, length: 1 };
        return { blockId, recordCount, sizeBytes, durability: 'process', handle };
      },
      readBlock: async ({ blockId }) => logged.get(blockId),
      cleanupOldBlocks: async () => {},
      removeBlocks: async () => {},
    };
  }
}

// The environment of a receiver, for tests of receiving: a handler and a driver that follow a script, and record
// their requests.
import type {
  Block,
  BlockId,
  ConfiguredReceiver,
  Durability,
  RandomSource,
  ReceivedBlockHandler,
  ReceiverCapabilities,
  Receiver,
  StoreBlockOptions,
  StoredBlock,
} from '@millrace/core';
import type { LogEntry, DriverEndpoint, DriverProtocol } from '@millrace/core/engine';

/** Chance that always falls in the middle. */
export const evenRandom: RandomSource = {
  next: () => 0.5,
  integer: (bound) => Math.floor(bound / 2),
  id: (length) => 'r'.repeat(length),
};

/** A promise that a test settles. */
export const gate = () => Promise.withResolvers<void>();

/** Every record of a block, in order; lines for text. */
export function recordsOf(block: Block): unknown[] {
  if (block.kind === 'encoded') return [block.bytes];
  if (block.kind === 'text') return Buffer.concat(block.chunks).toString().split('\n').slice(0, -1);
  return block.chunks.flatMap((chunk) => chunk.records.slice(0, chunk.length));
}

/** Lines as a receiver of text hands them over. */
export function textOf(...lines: string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** Stores blocks in memory; before each block it runs the test's hook, which may throw or wait. */
export class ScriptedHandler implements ReceivedBlockHandler {
  durability: Durability = 'memory';
  readonly stored: { readonly id: BlockId; readonly block: Block; readonly options: StoreBlockOptions }[] =
    [];
  readonly removed: BlockId[] = [];
  readonly tried: BlockId[] = [];
  before: (id: BlockId, tries: number) => void | Promise<void> = () => undefined;
  /** The answer of `readsLog`, which may throw; by default the handler reads no log of a driver. */
  reads: (entry: LogEntry) => boolean = () => false;

  async storeBlock(id: BlockId, block: Block, options: StoreBlockOptions = {}): Promise<StoredBlock> {
    this.tried.push(id);
    await this.before(id, this.tried.filter((tried) => tried === id).length);
    this.stored.push({ id, block, options });
    const { recordCount, sizeBytes } = block;
    const stored = { blockId: id, recordCount, sizeBytes, durability: this.durability };
    if (options.register === undefined) return stored;
    await options.register(Buffer.from(`content of ${id}`));
    return { ...stored, isInline: true };
  }

  async readsLog(entry: LogEntry): Promise<boolean> {
    return this.reads(entry);
  }

  /** All stored records, in order. */
  get records(): unknown[] {
    return this.stored.flatMap(({ block }) => recordsOf(block));
  }

  async readBlock(stored: StoredBlock): Promise<Block | undefined> {
    return this.stored.find(({ id }) => id === stored.blockId)?.block;
  }

  async cleanupOldBlocks(): Promise<void> {}

  async removeBlocks(ids: readonly BlockId[]): Promise<void> {
    this.removed.push(...ids);
  }
}

type Answers = {
  [K in keyof DriverProtocol]: (
    request: DriverProtocol[K]['request'],
  ) => DriverProtocol[K]['reply'] | Promise<DriverProtocol[K]['reply']>;
};

type OnAsked = (kind: keyof DriverProtocol, request: DriverProtocol[keyof DriverProtocol]['request']) => void;

/** A driver that accepts everything unless the test sets another answer. Messages are copied as if they had travelled. */
export class ScriptedDriver implements DriverEndpoint {
  readonly #onAsked: OnAsked;
  readonly asked: { readonly kind: keyof DriverProtocol; readonly request: unknown }[] = [];
  readonly answers: Answers = {
    RegisterReceiver: () => ({ accepted: true }),
    ReportStarted: () => undefined,
    AddBlock: () => ({ accepted: true }),
    ReportError: () => undefined,
    DeregisterReceiver: () => undefined,
    FetchSnapshot: () => ({ bytes: new Uint8Array() }),
  };

  /** @param onAsked Called with each message on arrival. */
  constructor(onAsked: OnAsked = () => undefined) {
    this.#onAsked = onAsked;
  }

  async ask<K extends keyof DriverProtocol>(
    kind: K,
    request: DriverProtocol[K]['request'],
  ): Promise<DriverProtocol[K]['reply']> {
    const travelled = structuredClone(request);
    this.#onAsked(kind, travelled);
    this.asked.push({ kind, request: travelled });
    return this.answers[kind](travelled);
  }

  /** The requests of one kind, in order. */
  requests<K extends keyof DriverProtocol>(kind: K): DriverProtocol[K]['request'][] {
    const requests = this.asked.filter((one) => one.kind === kind).map((one) => one.request);
    return requests as DriverProtocol[K]['request'][];
  }
}

/** A receiver of a test, in the form that `receiverStream` takes. */
export function configured<T>(
  create: () => Receiver<T>,
  over: Partial<ReceiverCapabilities> = {},
): ConfiguredReceiver<unknown> {
  return {
    name: 'test',
    contract: 1,
    capabilities: {
      ack: 'individual',
      replayable: false,
      ordering: 'per-stream',
      pause: true,
      bounded: false,
      format: 'records',
      touches: [],
      ...over,
    },
    description: 'a receiver of a test',
    preferredHost: undefined,
    create,
  };
}

// A source in memory, and receivers for the source, either correct or with one defect. There are several kinds, since
// no receiver has every ability: records acknowledged together or one by one, replayable text, and whole blocks. Pushed
// receivers are in a separate file.
import type {
  AckToken,
  ConfiguredReceiver,
  Receiver,
  ReceiverCapabilities,
  ReceiverContext,
  SourcePiece,
  SourceRange,
} from '@millrace/core';
import type { ReceiverGauges } from '@millrace/core/observation';
import type { ReceiverSubject, ReceiverTarget } from '../src/conformance/receiver/receiver-target.ts';
import { pushedReceiver } from './pushed-source.ts';

/** The kinds of receivers. */
export type ModelKind = PulledKind | 'pushed';

type PulledKind = 'acknowledged' | 'individual' | 'replayable' | 'blocks';

/** A defect of a receiver. */
export type ReceiverBug =
  | 'is made once'
  | 'awaits the first record'
  | 'restarts when idle'
  | 'gives up when the source is away'
  | 'reads on after stop'
  | 'requests a restart when stopped'
  | 'leaves a timer'
  | 'stops once only'
  | 'stops slowly'
  | 'ignores the signal while connecting'
  | 'cannot stop after a failed start'
  | 'cannot stop without a start'
  | 'acknowledges until stop only'
  | 'restarts at the end'
  | 'ignores false'
  | 'stores all that has gathered'
  | 'reuses the buffer'
  | 'swallows poison'
  | 'reads ahead without a bound'
  | 'keeps all that comes'
  | 'drops in silence'
  | 'reads a record twice'
  | 'stores past a block that waits'
  | 'has false capabilities'
  | 'has no bound in flight'
  | 'has positions with code'
  | 'acknowledges by itself'
  | 'acknowledges slow blocks'
  | 'keeps a position beyond a hole'
  | 'acknowledges blocks out of order'
  | 'acknowledges more than the tokens'
  | 'acknowledges with a timer'
  | 'loses an acknowledgement in silence'
  | 'does not notice a broken connection'
  | 'begins one too early'
  | 'resumes at the last record'
  | 'begins ranges one too early'
  | 'reads no more than a few of a range'
  | 'returns the rest of a range'
  | 'reads aborted ranges'
  | 'asks the machine for the time'
  | 'logs the password'
  | 'has renamed an option'
  | 'has no description'
  | 'has a lag that stays';

const IN_FLIGHT_MAX = 20;
const OWN_BLOCK = 5;
const POISON = -1;

const CAPABILITIES: Readonly<Record<PulledKind, ReceiverCapabilities>> = {
  acknowledged: capabilities({ ack: 'cumulative', maxInFlight: IN_FLIGHT_MAX }),
  individual: capabilities({ ack: 'individual', maxInFlight: IN_FLIGHT_MAX }),
  replayable: capabilities({ ack: 'none', replayable: true, format: 'text' }),
  blocks: capabilities({ ack: 'cumulative' }),
};

/** A subject with a receiver of this kind and defect; correct without a defect. */
export function modelReceiver(kind: ModelKind, bug?: ReceiverBug): ReceiverSubject<number | string> {
  if (kind === 'pushed') return pushedReceiver(bug);
  const claimed = CAPABILITIES[kind];
  return {
    capabilities: claimed,
    heldBytesMax: 500,
    secrets: ['hunter2'],
    options: {
      schema: {
        parse: (input) => {
          if (bug === 'has renamed an option') throw new TypeError('unknown option: topic');
          return { size: 10, ...(input as object) };
        },
      },
      published: [{ input: { topic: 'a' }, output: { topic: 'a', size: 10 } }],
    },
    create: () => new ModelSource(kind, bug),
  };
}

class ModelSource implements ReceiverTarget<number | string> {
  readonly receiver: ConfiguredReceiver<number | string>;
  readonly ids: number[] = [];
  readonly password = 'hunter2';
  committed = 0;
  isReachable = true;
  isOver = false;
  /** The position of the last reader. */
  place = 0;
  /** The highest number of records read. */
  taken = 0;
  #changed = Promise.withResolvers<void>();
  #onBroken: (() => void) | undefined;

  constructor(kind: PulledKind, bug: ReceiverBug | undefined) {
    const claimed = CAPABILITIES[kind];
    const create = (): ModelReceiver => new ModelReceiver({ source: this, kind, bug });
    const only = create();
    this.receiver = {
      name: 'model',
      contract: 1,
      capabilities: bug === 'has false capabilities' ? { ...claimed, ordering: 'none' } : claimed,
      description: bug === 'has no description' ? '' : 'model',
      preferredHost: undefined,
      create: () => (bug === 'is made once' ? only : create()),
      ...(kind === 'replayable' ? { readRange: (range, { signal }) => this.#range(range, signal, bug) } : {}),
    };
  }

  async *#range(
    { from, to }: SourceRange,
    signal: AbortSignal,
    bug: ReceiverBug | undefined,
  ): AsyncGenerator<SourcePiece<number | string>> {
    const begin = from === undefined ? 0 : placeOf(from) + (bug === 'begins ranges one too early' ? 0 : 1);
    const isShort = bug === 'reads no more than a few of a range';
    const end = isShort ? Math.min(placeOf(to), begin + 9) : placeOf(to);
    for (let place = begin; place <= end; place += 1) {
      if (bug !== 'reads aborted ranges') signal.throwIfAborted();
      const id = this.ids[place];
      if (id === undefined && bug === 'returns the rest of a range') return;
      if (id === undefined) throw new Error(`record ${place} is gone`);
      if (id !== POISON) yield { kind: 'lines', bytes: Buffer.from(`${id}\n`), lineCount: 1 };
    }
  }

  send(ids: readonly number[]): void {
    this.ids.push(...ids);
    this.#change();
  }

  sendPoison(): void {
    this.ids.push(POISON);
    this.#change();
  }

  forget(): void {
    this.ids.length = 0;
  }

  end(): void {
    this.isOver = true;
    this.#change();
  }

  idOf(record: number | string): number | undefined {
    return Number(record);
  }

  /** Each record counts as eight bytes. */
  takenBytes(): number {
    return this.taken * 8;
  }

  acknowledged(): readonly number[] {
    return this.ids.slice(0, this.committed).filter((id) => id !== POISON);
  }

  disconnect(): void {
    const broken = this.#onBroken;
    this.#onBroken = undefined;
    broken?.();
  }

  setReachable(isReachable: boolean): void {
    this.isReachable = isReachable;
  }

  connect(onBroken: () => void): void {
    if (!this.isReachable) throw new Error('connection refused');
    this.#onBroken = onBroken;
  }

  commit(place: number): void {
    this.committed = Math.max(this.committed, place);
    this.#change();
  }

  /** Resolves at the next change. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

interface ModelReceiverDeps {
  readonly source: ModelSource;
  readonly kind: PulledKind;
  readonly bug: ReceiverBug | undefined;
}

class ModelReceiver implements Receiver<number | string> {
  readonly #source: ModelSource;
  readonly #kind: PulledKind;
  readonly #bug: ReceiverBug | undefined;
  readonly acknowledge?: (tokens: readonly AckToken[]) => void;
  #context: ReceiverContext<number | string> | undefined;
  #reading: Promise<void> = Promise.resolve();
  #first = Promise.withResolvers<void>();
  #isConnected = false;
  #isStopped = false;
  #stored = 0;
  #acknowledged = 0;
  #ready = new Set<number>();
  #buffer = new Uint8Array(0);

  constructor({ source, kind, bug }: ModelReceiverDeps) {
    this.#source = source;
    this.#kind = kind;
    this.#bug = bug;
    if (this.#hasTokens) this.acknowledge = (tokens) => this.#onAcknowledged(tokens);
  }

  async start(context: ReceiverContext<number | string>): Promise<void> {
    this.#context = context;
    const { clock, signal } = context;
    if (this.#bug === 'restarts when idle')
      clock.after(60_000, () => this.#stored === 0 && context.restart('idle'));
    if (this.#bug === 'logs the password')
      context.log.info('connecting', { url: `model://${this.#source.password}@host` });
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    const forgets = this.#bug === 'ignores the signal while connecting';
    if (signal.aborted && !forgets) return;
    if (forgets || this.#bug === 'leaves a timer') clock.after(86_400_000, () => undefined);
    this.#connect(context);
    this.#reading = this.#read(context);
    if (this.#bug === 'awaits the first record') await this.#first.promise;
  }

  gauges(): ReceiverGauges {
    const behind = this.#source.ids.length - this.#source.place;
    return { lagRecords: this.#bug === 'has a lag that stays' ? this.#source.ids.length : behind };
  }

  async stop(): Promise<void> {
    const clock = this.#context?.clock;
    if (this.#bug === 'cannot stop without a start' && clock === undefined)
      throw new TypeError('not started');
    if (this.#bug === 'cannot stop after a failed start' && !this.#isConnected)
      throw new TypeError('no connection');
    if (this.#bug === 'stops once only' && this.#isStopped) throw new TypeError('stopped already');
    if (this.#bug === 'stops slowly') await clock?.sleepUntil(clock.now() + 15_000);
    this.#isStopped = true;
    this.#source.send([]);
    if (this.#bug !== 'reads on after stop') await this.#reading;
  }

  #connect(context: ReceiverContext<number | string>): void {
    const onBroken = (): void => {
      if (this.#bug !== 'does not notice a broken connection') context.restart('the connection broke');
      this.#isStopped = true;
      this.#source.send([]);
    };
    try {
      this.#source.connect(onBroken);
      this.#isConnected = true;
    } catch (error) {
      if (this.#bug === 'gives up when the source is away') context.stop('away', error);
      else throw error;
    }
  }

  async #read(context: ReceiverContext<number | string>): Promise<void> {
    try {
      for (let place = this.#beginning(context); ;) {
        if (this.#isOver(context)) return;
        const id = this.#source.ids[place];
        if (this.#bug === 'reads ahead without a bound') this.#source.taken = this.#source.ids.length;
        if (id !== undefined && this.#hasRoomInFlight()) {
          await this.#take(context, id, place);
          place += 1;
          this.#source.place = place;
          this.#source.taken = Math.max(this.#source.taken, place);
        } else if (id === undefined && this.#source.isOver) {
          if (this.#bug === 'restarts at the end') return context.restart('the end');
          return context.stop('the end');
        } else {
          const changed = this.#source.changed();
          await changed;
        }
      }
    } catch (error) {
      if (!context.signal.aborted || this.#bug === 'requests a restart when stopped')
        context.restart('could not read', error);
    }
  }

  #isOver({ signal }: ReceiverContext<number | string>): boolean {
    return this.#bug !== 'reads on after stop' && (signal.aborted || this.#isStopped);
  }

  #beginning({ resumeFrom }: ReceiverContext<number | string>): number {
    if (this.#bug === 'keeps a position beyond a hole') return this.#source.place;
    if (this.#kind === 'replayable') {
      const last = (resumeFrom as { readonly place: number } | undefined)?.place ?? -1;
      return this.#bug === 'resumes at the last record' ? Math.max(0, last) : last + 1;
    }
    const { committed } = this.#source;
    return this.#bug === 'begins one too early' ? Math.max(0, committed - 1) : committed;
  }

  #hasRoomInFlight(): boolean {
    if (!this.#hasTokens || this.#bug === 'has no bound in flight') return true;
    return this.#stored - this.#acknowledged < IN_FLIGHT_MAX;
  }

  async #take(context: ReceiverContext<number | string>, id: number, place: number): Promise<void> {
    if (this.#bug === 'asks the machine for the time') Date.now();
    if (id === POISON) {
      if (this.#bug !== 'swallows poison') context.reportError(`record ${place} is malformed`);
      return;
    }
    this.#first.resolve();
    if (this.#bug === 'acknowledges by itself') this.#source.commit(place + 1);
    const { clock } = context;
    if (this.#bug === 'acknowledges slow blocks') clock.after(150, () => this.#source.commit(place + 1));
    if (this.#kind === 'blocks') return this.#storeBlock(context, id, place);
    let isWelcome = this.#store(context, id, place);
    if (this.#bug === 'reads a record twice' && id === 13) isWelcome = this.#store(context, id, place);
    if (isWelcome || this.#bug === 'ignores false') return;
    await context.ready();
    if (this.#bug !== 'stores all that has gathered') return;
    for (let again = 0; again < 10; again += 1) this.#store(context, id, place);
  }

  #store(context: ReceiverContext<number | string>, id: number, place: number): boolean {
    this.#stored += 1;
    if (this.#hasTokens) return context.store(id, place);
    const bytes = Buffer.from(`${id}\n`);
    const position = this.#bug === 'has positions with code' ? { place, next: () => place + 1 } : { place };
    if (this.#bug !== 'reuses the buffer') return context.storeText(bytes, 1, position);
    if (this.#buffer.byteLength !== bytes.byteLength) this.#buffer = new Uint8Array(bytes.byteLength);
    this.#buffer.set(bytes);
    return context.storeText(this.#buffer, 1, position);
  }

  /**
   * Stores blocks without waiting for each other; the source gets acknowledgements only for blocks without a gap before
   * them.
   */
  async #storeBlock(context: ReceiverContext<number | string>, id: number, place: number): Promise<void> {
    if (this.#bug === 'stores past a block that waits') {
      // Like an engine that delays waiting blocks and cuts later records first.
      if (place % OWN_BLOCK === 0) return void context.ready().then(() => context.storeBlock([id]));
      return void context.store(id, place);
    }
    await context.ready();
    const storing = context.storeBlock([id]);
    const stored = storing.then(() => {
      this.#ready.add(place);
      if (this.#bug === 'acknowledges blocks out of order') return this.#source.commit(place + 1);
      while (this.#ready.has(this.#source.committed) || this.#source.ids[this.#source.committed] === POISON)
        this.#source.commit(this.#source.committed + 1);
    });
    // A block that is not stored ends this life; the engine reports the failure.
    stored.catch(() => undefined);
    if (place % OWN_BLOCK === 0) await Promise.resolve();
  }

  #onAcknowledged(tokens: readonly AckToken[]): void {
    if (this.#bug === 'acknowledges until stop only' && this.#isStopped) return;
    if (!this.#source.isReachable) {
      if (this.#bug === 'loses an acknowledgement in silence') return;
      throw new Error('connection refused');
    }
    this.#acknowledged += tokens.length;
    const more = this.#bug === 'acknowledges more than the tokens' ? 3 : 0;
    const commit = (): void => this.#source.commit(Number(tokens.at(-1)) + 1 + more);
    if (this.#bug === 'acknowledges with a timer') this.#context?.clock.after(500, commit);
    else commit();
  }

  get #hasTokens(): boolean {
    return this.#kind === 'acknowledged' || this.#kind === 'individual';
  }
}

function placeOf(position: unknown): number {
  return (position as { readonly place: number }).place;
}

function capabilities(differences: Partial<ReceiverCapabilities>): ReceiverCapabilities {
  return {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: true,
    format: 'records',
    touches: [],
    ...differences,
  };
}

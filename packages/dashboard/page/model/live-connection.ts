// The connection to `events`. The browser reconnects by itself after a break; this class reconnects where a browser gives up
// (an answer other than 200), after a gap in the ids, and after silence.
import type { ConnectionState, Model } from './model.ts';

const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 10_000;
const SILENCE_MS = 10_000;
const WATCH_MS = 1_000;
/** The points of older minutes come with a snapshot only. */
const RENEW_MS = 900_000;

/** Keeps a model up to date. */
export class LiveConnection {
  readonly #model: Model;
  #source: EventSource | undefined;
  #lastNumber: number | undefined;
  #retryMs = RETRY_FIRST_MS;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #heardMs = 0;
  #openedMs = 0;

  constructor(model: Model) {
    this.#model = model;
    setInterval(() => this.#watch(), WATCH_MS);
  }

  /** Connects; a new connection begins with a snapshot. */
  open(): void {
    this.close();
    const source = new EventSource('events');
    this.#source = source;
    this.#lastNumber = undefined;
    this.#openedMs = performance.now();
    this.#heardMs = this.#openedMs;
    const on = (name: string, take: (data: never) => void): void =>
      source.addEventListener(name, (event) => this.#receive(event as MessageEvent<string>, name, take));
    on('snapshot', (data) => this.#model.takeSnapshot(data));
    on('batch', (data) => this.#model.takeBatches(data));
    on('receiver', (data) => this.#model.takeInputs(data));
    on('verdict', (data) => this.#model.takeVerdict(data));
    source.addEventListener('open', () => {
      this.#retryMs = RETRY_FIRST_MS;
      this.#heardMs = performance.now();
      // A connection that goes on after a short break gets no snapshot.
      if (this.#model.summary !== undefined) this.#say('live');
    });
    source.addEventListener('error', () => {
      this.#say('lost');
      if (source.readyState === EventSource.CLOSED) this.#retry();
    });
  }

  /** Ends the connection. */
  close(): void {
    clearTimeout(this.#retryTimer);
    this.#source?.close();
    this.#source = undefined;
  }

  #receive(event: MessageEvent<string>, name: string, take: (data: never) => void): void {
    this.#heardMs = performance.now();
    const number = Number(event.lastEventId.split('-').at(-1));
    const isGap = name !== 'snapshot' && this.#lastNumber !== undefined && number !== this.#lastNumber + 1;
    if (isGap) return this.open();
    this.#lastNumber = number;
    take(JSON.parse(event.data) as never);
    this.#say('live');
  }

  #retry(): void {
    this.close();
    this.#retryTimer = setTimeout(() => this.open(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_LAST_MS);
  }

  /** A running engine sends a message each second: a longer silence is a broken connection that nobody has noticed. */
  #watch(): void {
    const nowMs = performance.now();
    if (this.#model.connection === 'live' && nowMs - this.#openedMs > RENEW_MS) return this.open();
    const isQuiet = nowMs - this.#heardMs > SILENCE_MS;
    if (!isQuiet || this.#source?.readyState !== EventSource.OPEN || this.#model.summary?.state === 'stopped')
      return;
    this.#say('lost');
    this.#retry();
  }

  #say(connection: ConnectionState): void {
    this.#model.connection = connection;
    this.#model.onChange();
  }
}

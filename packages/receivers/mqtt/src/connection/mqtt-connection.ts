// A connection at the edge to the client library. The library connects to nothing again: a failure goes to the engine, which
// restarts the receiver with growing delays. Two habits of the library are replaced:
//
//   acknowledging   The library acknowledges when its callback of a message comes without an error, one message at a time. The
//                   callback gets an error, which makes the library read on, and the acknowledgements are written later.
//   waiting         A held callback stops reading, also of answers to pings, and the library would give up. While a callback is
//                   held, pings go on and their missing answers are forgiven.
import type { Clock, Storage } from '@millrace/core';
import { type IConnackPacket, type IPublishPacket, MqttClient } from 'mqtt';
import { mqttError } from '../mqtt-errors.ts';
import { addressOf, type MqttConnectionOptions } from './connection-options.ts';
import { BrokerDisconnect, mqttFailure } from './mqtt-failure.ts';
import { socketOpener } from './open-socket.ts';

/** The session that a connection asks for. */
export interface SessionRequest {
  /** Empty: the broker chooses a name. */
  readonly clientId: string;
  readonly qos: 0 | 1;
  readonly topics: readonly string[];
  /** The time that the broker keeps the session without a connection, in seconds; 0: the session ends with the connection. */
  readonly expirySeconds: number;
  /** The most unacknowledged messages that the broker sends, in version 5. */
  readonly receiveMaximum: number;
}

/** The reports of a connection. */
export interface ConnectionListener {
  /** A message; the next one follows after `next`. Also called before `open` resolves. */
  readonly onMessage: (message: IPublishPacket, next: () => void) => void;
  /** The connection has ended by itself, after `open` has resolved; called once. */
  readonly onLost: (error: unknown) => void;
}

/** Collaborators of a connection. */
export interface ConnectionDeps {
  readonly options: MqttConnectionOptions;
  readonly session: SessionRequest;
  readonly clock: Clock;
  readonly storage: Storage;
  /** Ends a pending `open`. */
  readonly signal: AbortSignal;
  readonly listener: ConnectionListener;
}

const CLOSE_MS = 3_000;
const PUBACK = 0x40;
const PUBACK_BYTES = 4;
const REFUSED = 0x80;
const NO_ACKNOWLEDGEMENT = new Error('the acknowledgement follows');
/** The texts of the library are those of its table of reasons; version 5 may add words of the broker. */
const UNTOLD = 'no reason was told';

/** A connection to a broker. */
export class MqttConnection {
  readonly #client: MqttClient;
  readonly #deps: ConnectionDeps;
  readonly #closed = Promise.withResolvers<void>();
  /** Rejects when the connection fails. */
  readonly #failed = Promise.withResolvers<never>();
  /** Resolves when a message is held back for the first time. */
  readonly #holding = Promise.withResolvers<void>();
  #error: unknown;
  #isClosed = false;
  #isOpen = false;
  #isEnding = false;
  #held = 0;
  /** The present action, for messages. */
  #phase = 'connect';
  /** True when the broker had the session already. */
  isSessionPresent = false;

  private constructor(client: MqttClient, deps: ConnectionDeps) {
    const { listener } = deps;
    this.#client = client;
    this.#deps = deps;
    this.#failed.promise.catch(() => undefined);
    client.handleMessage = (message, done) => {
      this.#held += 1;
      listener.onMessage(message, () => {
        this.#held -= 1;
        // At quality of service 2 the library goes on with the exchange; a session may have such messages from before.
        done(message.qos === 1 ? NO_ACKNOWLEDGEMENT : undefined);
      });
      if (this.#held > 0) this.#holding.resolve();
    };
    const giveUp = client.onKeepaliveTimeout.bind(client);
    client.onKeepaliveTimeout = () => (this.#held > 0 ? client.sendPing() : giveUp());
    client.on('error', (error) => this.#end(error));
    client.on('disconnect', ({ reasonCode = 0, properties }) => {
      this.#error ??= new BrokerDisconnect(reasonCode, properties?.reasonString ?? UNTOLD);
    });
    client.on('close', () => {
      this.#isClosed = true;
      this.#closed.resolve();
      this.#end(new Error('the connection ended'));
    });
  }

  /**
   * Reads the files of TLS and begins to connect; `open` has to follow at once.
   *
   * @throws `MR_MQTT_TLS_UNUSABLE`; the reason of the signal when the signal is aborted.
   */
  static async create(deps: ConnectionDeps): Promise<MqttConnection> {
    const { options, session, storage, signal } = deps;
    const openSocket = await socketOpener(options, storage);
    signal.throwIfAborted();
    const client = new MqttClient(openSocket, clientOptions(options, session));
    return new MqttConnection(client, deps);
  }

  /**
   * Connects and subscribes. Resolves when the broker has granted every topic, or when a message of the session is held back:
   * the answer of the broker is behind this message then, and a refusal goes to the listener. Closes the connection on a failure.
   *
   * @throws `MR_MQTT_…`
   */
  async open(): Promise<void> {
    const { signal } = this.#deps;
    const abort = (): void => this.#end(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await this.#connected();
      await this.#subscribe();
      this.#isOpen = true;
    } catch (error) {
      this.#isEnding = true;
      this.#client.end(true);
      this.#client.stream.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** The time that the broker keeps the session, in seconds, when the broker has changed the request. */
  get grantedExpirySeconds(): number | undefined {
    return this.#client.serverProperties?.sessionExpiryInterval;
  }

  /** Acknowledges messages in this order. After the end of the connection nothing happens: the messages come again. */
  acknowledge(messageIds: readonly number[]): void {
    if (this.#isClosed || messageIds.length === 0) return;
    const bytes = Buffer.allocUnsafe(messageIds.length * PUBACK_BYTES);
    let at = 0;
    for (const id of messageIds) {
      bytes[at] = PUBACK;
      bytes[at + 1] = 2;
      bytes.writeUInt16BE(id, at + 2);
      at += PUBACK_BYTES;
    }
    this.#client.stream.write(bytes);
  }

  /** Says goodbye and closes within 3 s; the session stays. May be repeated. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isEnding = true;
    this.#client.end();
    const wait = new AbortController();
    const late = this.#deps.clock.sleepFor(CLOSE_MS, wait.signal).catch(() => undefined);
    await Promise.race([this.#closed.promise, late]);
    wait.abort();
    if (!this.#isClosed) this.#client.stream.destroy();
  }

  async #connected(): Promise<void> {
    const connected = new Promise<IConnackPacket>((resolve) => this.#client.once('connect', resolve));
    const { sessionPresent } = await Promise.race([this.#failed.promise, connected]);
    this.isSessionPresent = sessionPresent;
  }

  async #subscribe(): Promise<void> {
    const { topics, qos } = this.#deps.session;
    this.#phase = 'subscribe';
    // `rh`: a subscription that the session has already brings no retained messages again.
    const request = Object.fromEntries(topics.map((topic) => [topic, { qos, rh: 1 }] as const));
    const answered = new Promise<readonly number[]>((resolve, reject) => {
      this.#client.subscribe(request, (error, _, packet) => {
        const codes = packet?.granted.map(Number) ?? [];
        if (error !== null && codes.length === 0) reject(this.#failure(error));
        else resolve(codes);
      });
    });
    const granted = answered.then((codes) => {
      codes.forEach((code, index) => this.#checkGrant(topics[index] ?? '', qos, code));
      this.#phase = 'stay connected';
    });
    granted.catch((error: unknown) => this.#end(error));
    await Promise.race([this.#failed.promise, granted, this.#holding.promise]);
  }

  #checkGrant(topic: string, qos: number, code: number): void {
    const what = `subscribe to ${topic}`;
    if (code >= REFUSED) {
      const refusal = Object.assign(new Error(`the broker refused (reason ${code})`), { code });
      throw mqttFailure(refusal, { what, options: this.#deps.options, isSubscribing: true });
    }
    if (code < qos) {
      const message = `could not ${what}: the broker grants quality of service ${code} only`;
      throw mqttError('MR_MQTT_QOS_REFUSED', message, { details: { topic, granted: code } });
    }
  }

  /** The first error counts. */
  #end(error: unknown): void {
    this.#error ??= error;
    if (this.#isEnding) return;
    this.#isEnding = true;
    const failure = this.#failure(this.#error);
    this.#failed.reject(failure);
    if (this.#isOpen) this.#deps.listener.onLost(failure);
  }

  #failure(error: unknown): unknown {
    return mqttFailure(error, { what: this.#phase, options: this.#deps.options });
  }
}

function clientOptions(
  options: MqttConnectionOptions,
  { clientId, expirySeconds, receiveMaximum }: SessionRequest,
) {
  const { username, password } = addressOf(options);
  const isNewest = options.protocolVersion === '5';
  return {
    protocolVersion: isNewest ? 5 : 4,
    clientId,
    clean: expirySeconds === 0,
    ...(isNewest ? { properties: { sessionExpiryInterval: expirySeconds, receiveMaximum } } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    keepalive: Math.ceil(options.keepAliveMs / 1_000),
    connectTimeout: options.connectTimeoutMs,
    reconnectPeriod: 0,
    // The log of the library prints packets with passwords.
    log: () => undefined,
  } as const;
}

// The reading code: messages of MQTT 5 at quality of service 1, with mqtt.js. The session outlives the connection, so the
// broker delivers unacknowledged messages again on the next one.
//
// mqtt.js acknowledges a message when `handleMessage` calls back without an error, one message at a time. An error leaves the
// acknowledgement out, and the next message follows; the acknowledgement is sent when the record is durable.
import { connect, type IPublishPacket, type MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import type { AcknowledgedSource, Delivery, SourceContext } from './acknowledging-receiver.ts';
import type { MqttTopicOptions } from './mqtt-topic.options.ts';

/** One record: the JSON object in a message. */
export type MqttTopicRecord = Readonly<Record<string, unknown>>;

const SESSION_SECONDS = 86_400;
const CONNECT_MS = 10_000;

/** Connects to the broker. Rejects when the broker is away, or the signal is aborted. */
export async function openSource(
  options: MqttTopicOptions,
  context: SourceContext,
): Promise<AcknowledgedSource<MqttTopicRecord>> {
  const { url, topic, clientId, password, window } = options;
  context.signal.throwIfAborted();
  const client = connect(url, {
    protocolVersion: 5,
    clientId,
    clean: false,
    // The broker sends at most this many messages without an acknowledgement.
    properties: { sessionExpiryInterval: SESSION_SECONDS, receiveMaximum: window },
    ...(password === undefined ? {} : { username: clientId, password }),
    // The engine restarts the receiver after a delay that grows; a second way to reconnect would compete.
    reconnectPeriod: 0,
    connectTimeout: CONNECT_MS,
  });
  // The broker sends the messages of the session right after the connection, so the handler is set before.
  const connection = new TopicConnection(client, context);
  try {
    await connection.connected();
    await client.subscribeAsync(topic, { qos: 1 });
    return connection;
  } catch (error) {
    client.end(true);
    throw error;
  }
}

class TopicConnection implements AcknowledgedSource<MqttTopicRecord> {
  readonly #client: MqttClient;
  readonly #context: SourceContext;
  /** Bounded by the window: the broker waits for acknowledgements. */
  readonly #waiting: IPublishPacket[] = [];
  #isBroken = false;
  #error: Error | undefined;
  #change = Promise.withResolvers<void>();

  constructor(client: MqttClient, context: SourceContext) {
    this.#client = client;
    this.#context = context;
    const wake = (): void => this.#change.resolve();
    client.on('connect', wake);
    client.on('error', (error) => {
      this.#error = error;
    });
    client.on('close', () => {
      this.#isBroken = true;
      wake();
    });
    context.signal.addEventListener('abort', wake, { once: true });
    client.handleMessage = (packet, done) => {
      this.#waiting.push(packet);
      wake();
      // The acknowledgement of quality 1 follows later.
      done(packet.qos === 1 ? new Error('acknowledged when durable') : undefined);
    };
  }

  /** Rejects when the broker is away, or the signal is aborted. */
  async connected(): Promise<void> {
    while (!this.#client.connected) await this.#changed();
  }

  async *deliveries(): AsyncGenerator<Delivery<MqttTopicRecord>> {
    for (;;) {
      this.#context.signal.throwIfAborted();
      const packet = this.#waiting.shift();
      if (packet === undefined) await this.#changed();
      else yield* this.#deliver(packet);
    }
  }

  acknowledge(ids: readonly number[]): void {
    const { connected, stream } = this.#client;
    // After a broken connection the broker delivers the messages again.
    if (!connected) return;
    for (const messageId of ids) stream.write(generate({ cmd: 'puback', messageId }, { protocolVersion: 5 }));
  }

  async close(): Promise<void> {
    if (this.#isBroken) return;
    const closed = new Promise<void>((resolve) => this.#client.once('close', () => resolve()));
    // Sends what is written, then says goodbye; the session stays.
    this.#client.end();
    await closed;
  }

  *#deliver({ messageId = 0, payload }: IPublishPacket): Generator<Delivery<MqttTopicRecord>> {
    const record = parse(payload.toString());
    if (record !== undefined) return yield { tag: messageId, record };
    this.#context.reportError('a message of the broker is no JSON object; it was left out');
    // The broker would deliver the message again for ever.
    this.acknowledge([messageId]);
  }

  /** Resolves at the next event of the connection. */
  async #changed(): Promise<void> {
    if (this.#isBroken) throw new Error('the connection to the broker is broken', { cause: this.#error });
    this.#change = Promise.withResolvers();
    await this.#change.promise;
    this.#context.signal.throwIfAborted();
  }
}

function parse(text: string): MqttTopicRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Invalid JSON: reported by the caller, like any other malformed message.
    return undefined;
  }
}

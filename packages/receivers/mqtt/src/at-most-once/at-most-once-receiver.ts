// The life of the receiver behind `mqttAtMostOnce`. The broker does not wait: messages that arrive while the engine has no
// room are kept up to a bound, and dropped beyond.
import type { Receiver, ReceiverContext } from '@millrace/core';
import { type MalformedReaction, MalformedValue, SummedReport } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import type { IPublishPacket } from 'mqtt';
import { MqttConnection, type SessionRequest } from '../connection/mqtt-connection.ts';
import { mqttFailure } from '../connection/mqtt-failure.ts';
import { malformedReaction, placeOfMessage } from '../decoding/malformed.ts';
import { type DecodeMqttMessage, messageDecoder, sizeOf } from '../decoding/message-decoder.ts';
import { mqttError } from '../mqtt-errors.ts';
import type { MqttAtMostOnceOptions } from './at-most-once-options.ts';
import { WaitingMessages } from './waiting-messages.ts';

/** The broker sends as many messages as come; the number limits acknowledged messages only. */
const RECEIVE_MAXIMUM = 65_535;

/** Everything of one running receiver. */
interface Run {
  readonly context: ReceiverContext<unknown>;
  readonly malformed: MalformedReaction;
  readonly dropped: SummedReport;
}

/** Reads topics at quality of service 0. */
export class AtMostOnceReceiver implements Receiver<unknown> {
  readonly #options: MqttAtMostOnceOptions;
  readonly #waiting: WaitingMessages;
  readonly #decode: DecodeMqttMessage;
  #run: Run | undefined;
  #connection: MqttConnection | undefined;
  #isEnded = false;
  /** True while the engine has no room. */
  #isShut = false;

  constructor(options: MqttAtMostOnceOptions) {
    this.#options = options;
    this.#waiting = new WaitingMessages(options.maxBytesHeld);
    this.#decode = messageDecoder(options);
  }

  /** Resolves when the broker has granted every topic. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    this.#run = {
      context,
      malformed: malformedReaction(context, this.#options.onMalformed),
      dropped: new SummedReport({
        clock: context.clock,
        tell: (count, total) => tellDropped(context, count, total),
      }),
    };
    try {
      const { clock, storage, signal } = context;
      const ports = { clock, storage, signal, options: this.#options, session: this.#session() };
      this.#connection = await MqttConnection.create({
        ...ports,
        listener: {
          onMessage: (message, next) => {
            this.#onMessage(message);
            next();
          },
          onLost: (error) => this.#restart(error),
        },
      });
      await this.#connection.open();
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw error;
    }
  }

  /** Closes the connection. */
  async stop(): Promise<void> {
    this.#isEnded = true;
    this.#run?.malformed.end();
    this.#run?.dropped.flush();
    await this.#connection?.close();
  }

  gauges(): ReceiverGauges {
    return { droppedRecords: this.#run?.dropped.total ?? 0 };
  }

  #session(): SessionRequest {
    const { clientId = '', topics } = this.#options;
    return { clientId, topics, qos: 0, expirySeconds: 0, receiveMaximum: RECEIVE_MAXIMUM };
  }

  get #isOver(): boolean {
    return this.#isEnded || this.#run === undefined || this.#run.context.signal.aborted;
  }

  #onMessage(message: IPublishPacket): void {
    if (this.#isOver) return;
    if (!this.#isShut) this.#store(message);
    else if (!this.#waiting.add(message)) this.#run?.dropped.add(1);
  }

  #store(message: IPublishPacket): void {
    const run = this.#run;
    if (run === undefined) return;
    const record = this.#decode(message);
    if (record instanceof MalformedValue) {
      const { topic } = message;
      if (!run.malformed.leaveOut(record, placeOfMessage(topic), { topic })) this.#isEnded = true;
    } else if (!run.context.store(record, undefined, sizeOf(message))) {
      this.#isShut = true;
      void this.#whenReady(run.context);
    }
  }

  /** Stores what waits as soon as there is room, until nothing waits. */
  async #whenReady(context: ReceiverContext<unknown>): Promise<void> {
    try {
      await context.ready();
    } catch (error) {
      return context.signal.aborted ? undefined : this.#restart(error);
    }
    this.#isShut = false;
    while (!this.#isShut && !this.#isOver) {
      const message = this.#waiting.take();
      if (message === undefined) return;
      this.#store(message);
    }
  }

  #restart(error: unknown): void {
    const context = this.#run?.context;
    if (context === undefined || this.#isOver) return;
    this.#isEnded = true;
    const failure = mqttFailure(error, { what: 'read', options: this.#options });
    context.restart(failure.message, failure);
  }
}

function tellDropped(context: ReceiverContext<unknown>, count: number, total: number): void {
  const message = `dropped ${count} messages, ${total} since the start: they arrived faster than the engine stores`;
  const details = { dropped: count, totalDropped: total };
  context.reportError(message, mqttError('MR_MQTT_DROPPED', message, { details }));
}

// Receivers over a real server, on the clock of this machine, ended with their test.
import { type ConfiguredReceiver, NodeStorage, type Receiver, SystemClock } from '@millrace/core';
import { RecordingReceiverContext } from '@millrace/testing';
import { onTestFinished } from 'vitest';
import { untilTrue } from './until-true.ts';

/** A running receiver. */
export class Running {
  readonly context: RecordingReceiverContext;
  readonly receiver: Receiver<unknown>;
  #isEnded = false;

  private constructor(configured: ConfiguredReceiver<unknown>, resumeFrom: unknown, room: number) {
    this.context = new RecordingReceiverContext({
      clock: new SystemClock(),
      storage: new NodeStorage(),
      resumeFrom,
      room,
    });
    this.receiver = configured.create();
    onTestFinished(() => this.end());
  }

  /** @param room The number of records before the first false. */
  static async start(
    configured: ConfiguredReceiver<unknown>,
    resumeFrom?: unknown,
    room = Number.POSITIVE_INFINITY,
  ): Promise<Running> {
    const running = new Running(configured, resumeFrom, room);
    await running.context.start(running.receiver);
    return running;
  }

  get records(): readonly unknown[] {
    return this.context.records;
  }

  /** Waits for this number of records. */
  async has(count: number): Promise<void> {
    await untilTrue(() => this.records.length >= count);
  }

  /** Acknowledges everything that is stored now, or the first ones. */
  async acknowledge(count?: number): Promise<void> {
    await this.context.acknowledge(this.receiver, count);
  }

  /** The codes of everything that was reported and requested. */
  get codes(): readonly unknown[] {
    const { errors, restarts, stops } = this.context;
    return [...errors, ...restarts, ...stops].map(({ error }) => (Object(error) as { code?: unknown }).code);
  }

  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.context.end(this.receiver);
  }
}

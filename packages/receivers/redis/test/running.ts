// Receivers over a real server, without a proxy unless the options say otherwise; each ends with its test.
import { type ConfiguredReceiver, NodeStorage, type Receiver, SystemClock } from '@millrace/core';
import { RecordingReceiverContext, type RecordingReceiverContextOptions } from '@millrace/testing';
import { onTestFinished } from 'vitest';
import { untilTrue } from './until-true.ts';

/** A started receiver. */
export class Running {
  readonly context: RecordingReceiverContext;
  readonly receiver: Receiver<unknown>;
  #isEnded = false;

  private constructor(context: RecordingReceiverContext, receiver: Receiver<unknown>) {
    this.context = context;
    this.receiver = receiver;
    onTestFinished(() => this.end());
  }

  static async start(
    configured: ConfiguredReceiver<unknown>,
    options: RecordingReceiverContextOptions = {},
  ): Promise<Running> {
    const context = new RecordingReceiverContext({
      clock: new SystemClock(),
      storage: new NodeStorage(),
      ...options,
    });
    const running = new Running(context, configured.create());
    await context.start(running.receiver);
    return running;
  }

  get records(): readonly unknown[] {
    return this.context.records;
  }

  /** Waits for this many records. */
  async has(count: number): Promise<void> {
    await untilTrue(() => this.context.records.length >= count);
  }

  /** The codes of the reported errors. */
  get codes(): readonly unknown[] {
    return this.context.errors.map(({ error }) => (error as { readonly code?: unknown }).code);
  }

  /** Acknowledges everything that is stored now. */
  async acknowledge(count?: number): Promise<void> {
    await this.context.acknowledge(this.receiver, count);
  }

  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.context.end(this.receiver);
  }
}

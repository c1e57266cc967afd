// A receiver over a real broker, played without an engine; ends with its test.
import { type ConfiguredReceiver, NodeStorage, type Receiver, SystemClock } from '@millrace/core';
import { RecordingReceiverContext } from '@millrace/testing';
import { onTestFinished } from 'vitest';
import { untilTrue } from './until-true.ts';

/** A running receiver. */
export class RunningReceiver {
  readonly context: RecordingReceiverContext;
  readonly receiver: Receiver<unknown>;
  #isEnded = false;

  constructor(configured: ConfiguredReceiver<unknown>, room?: number) {
    this.context = new RecordingReceiverContext({
      clock: new SystemClock(),
      storage: new NodeStorage(),
      ...(room === undefined ? {} : { room }),
    });
    this.receiver = configured.create();
    onTestFinished(() => this.end());
  }

  static async start(configured: ConfiguredReceiver<unknown>, room?: number): Promise<RunningReceiver> {
    const running = new RunningReceiver(configured, room);
    await running.context.start(running.receiver);
    return running;
  }

  get records(): readonly unknown[] {
    return this.context.records;
  }

  /** The code of the newest requested restart. */
  get restartCode(): unknown {
    return (this.context.restarts.at(-1)?.error as { readonly code?: unknown } | undefined)?.code;
  }

  /** Waits for this number of records. */
  has(count: number): Promise<void> {
    return untilTrue(() => this.records.length >= count);
  }

  /** Acknowledges the oldest records, by default everything that is stored now. */
  acknowledge(count?: number): Promise<void> {
    return this.context.acknowledge(this.receiver, count);
  }

  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.context.end(this.receiver);
  }
}

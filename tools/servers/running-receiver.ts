// A receiver over a real server, on the clock of this machine and without an engine; ends with its test.
import { type ConfiguredReceiver, NodeStorage, type Receiver, SystemClock } from '@millrace/core';
import { RecordingReceiverContext, untilTrue } from '@millrace/testing';
import { onTestFinished } from 'vitest';

/** The surroundings of a receiver. */
export interface RunningReceiverOptions {
  /** The position behind the last stored record. Default: none. */
  readonly resumeFrom?: unknown;
  /** The number of calls that store before the first false. Default: unlimited. */
  readonly room?: number | undefined;
}

/** A receiver, with a recording context in place of the engine. */
export class RunningReceiver {
  readonly context: RecordingReceiverContext;
  readonly receiver: Receiver<unknown>;
  #isEnded = false;

  constructor(configured: ConfiguredReceiver<unknown>, { resumeFrom, room }: RunningReceiverOptions = {}) {
    this.context = new RecordingReceiverContext({
      clock: new SystemClock(),
      storage: new NodeStorage(),
      resumeFrom,
      ...(room === undefined ? {} : { room }),
    });
    this.receiver = configured.create();
    onTestFinished(() => this.end());
  }

  /** Starts a receiver; resolves when its `start` has. */
  static async start(
    configured: ConfiguredReceiver<unknown>,
    options: RunningReceiverOptions = {},
  ): Promise<RunningReceiver> {
    const running = new RunningReceiver(configured, options);
    await running.context.start(running.receiver);
    return running;
  }

  get records(): readonly unknown[] {
    return this.context.records;
  }

  /** The codes of everything that was reported and requested. */
  get codes(): readonly unknown[] {
    const { errors, restarts, stops } = this.context;
    return [...errors, ...restarts, ...stops].map(({ error }) => codeOf(error));
  }

  /** The code of the newest requested restart. */
  get restartCode(): unknown {
    return codeOf(this.context.restarts.at(-1)?.error);
  }

  /** Waits for this number of records. */
  async has(count: number): Promise<void> {
    await untilTrue(() => this.records.length >= count);
  }

  /** Acknowledges the oldest records, by default everything that is stored now. */
  async acknowledge(count?: number): Promise<void> {
    await this.context.acknowledge(this.receiver, count);
  }

  /** May be repeated. */
  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.context.end(this.receiver);
  }
}

function codeOf(error: unknown): unknown {
  return (Object(error) as { readonly code?: unknown }).code;
}

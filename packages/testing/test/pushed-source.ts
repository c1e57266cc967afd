// A source in memory that cannot be paused, and a receiver that keeps a few records without room, drops further records
// and reports the drops; or a receiver with one defect in this handling.
import type { Receiver, ReceiverCapabilities, ReceiverContext } from '@millrace/core';
import type { ReceiverSubject, ReceiverTarget } from '../src/conformance/receiver/receiver-target.ts';
import type { ReceiverBug } from './model-source.ts';

const KEPT_MAX = 10;
const CAPABILITIES: ReceiverCapabilities = {
  ack: 'none',
  replayable: false,
  ordering: 'per-stream',
  pause: false,
  bounded: false,
  format: 'records',
  touches: [],
};

/** A subject with a pushed receiver. */
export function pushedReceiver(bug?: ReceiverBug): ReceiverSubject<number> {
  return { capabilities: CAPABILITIES, keptMax: KEPT_MAX, create: () => pushedTarget(bug) };
}

/** The listener of a source; records without a listener wait here. */
class Channel {
  readonly waiting: number[] = [];
  #listener: ((id: number) => void) | undefined;

  send(ids: readonly number[]): void {
    if (this.#listener === undefined) this.waiting.push(...ids);
    else ids.forEach(this.#listener);
  }

  listen(listener: ((id: number) => void) | undefined): void {
    this.#listener = listener;
    if (listener !== undefined) this.waiting.splice(0).forEach(listener);
  }
}

function pushedTarget(bug: ReceiverBug | undefined): ReceiverTarget<number> {
  const channel = new Channel();
  return {
    receiver: {
      name: 'pushed',
      contract: 1,
      capabilities: CAPABILITIES,
      description: 'pushed',
      preferredHost: undefined,
      create: () => new PushedReceiver(channel, bug),
    },
    send: (ids) => channel.send(ids),
    idOf: (record) => record,
  };
}

class PushedReceiver implements Receiver<number> {
  readonly #channel: Channel;
  readonly #bug: ReceiverBug | undefined;
  readonly #kept: number[] = [];
  #isHeld = false;

  constructor(channel: Channel, bug: ReceiverBug | undefined) {
    this.#channel = channel;
    this.#bug = bug;
  }

  start(context: ReceiverContext<number>): void {
    this.#channel.listen((id) => this.#take(context, id));
  }

  stop(): void {
    this.#channel.listen(undefined);
  }

  #take(context: ReceiverContext<number>, id: number): void {
    if (context.signal.aborted) return;
    if (this.#isHeld) this.#keep(context, id);
    else if (!context.store(id)) void this.#storeKept(context);
  }

  #keep(context: ReceiverContext<number>, id: number): void {
    if (this.#kept.length < KEPT_MAX || this.#bug === 'keeps all that comes') this.#kept.push(id);
    else if (this.#bug !== 'drops in silence') context.reportError(`record ${id} is dropped`);
  }

  async #storeKept(context: ReceiverContext<number>): Promise<void> {
    this.#isHeld = true;
    while (this.#isHeld) {
      try {
        await context.ready();
      } catch {
        // The receiver is stopped, so nothing can be stored any more.
        return;
      }
      let isWelcome = true;
      for (
        let next = this.#kept.shift();
        next !== undefined;
        next = isWelcome ? this.#kept.shift() : undefined
      )
        isWelcome = context.store(next);
      this.#isHeld = !isWelcome;
    }
  }
}

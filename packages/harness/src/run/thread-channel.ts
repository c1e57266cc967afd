// The connection between the driver and the sources on threads. Each thread posts its observations; the driver posts the
// end of the load.
//
//   executor ──delays, states of sources: every 20 ms; blocks: at once──► driver
//            ◄──────────────── end of the load ─────────────────────────
import { BroadcastChannel } from 'node:worker_threads';
import type { EarlyPhase, LoadControl, LoadListener, LoadSide, SourceState } from './load-side.ts';
import type { WatchedBlock } from './watch-handler.ts';

const POST_MS = 20;
/** Delays with the same whole number of these steps in a millisecond are posted as one. */
const STEPS_PER_MS = 100;

type Delay = readonly [phase: EarlyPhase, delayMs: number, times: number];

type Message =
  | {
      readonly kind: 'observed';
      readonly delays: readonly Delay[];
      readonly states: readonly SourceState[];
    }
  | { readonly kind: 'block'; readonly block: WatchedBlock }
  | { readonly kind: 'end' };

/** Opens the channel of a run, the same in all threads of the process. */
function openChannel(run: string): BroadcastChannel {
  return new BroadcastChannel(`millrace-bench:${process.pid}:${run}`);
}

/** All messages of the channel come from this file. */
function contentOf(event: unknown): Message {
  return (event as { readonly data: Message }).data;
}

/** The driver's end: the sources of all threads. */
export class RemoteLoad implements LoadControl {
  readonly #channel: BroadcastChannel;
  readonly #states = new Map<number, SourceState>();

  constructor(run: string, listener: LoadListener) {
    this.#channel = openChannel(run);
    this.#channel.addEventListener('message', (event) => {
      const message = contentOf(event);
      if (message.kind === 'block') return listener.onBlock(message.block);
      if (message.kind === 'end') return;
      for (const [phase, delayMs, times] of message.delays) listener.onDelay(phase, delayMs, times);
      for (const state of message.states) this.#states.set(state.receiver, state);
    });
  }

  states(): readonly SourceState[] {
    return [...this.#states.values()];
  }

  end(): void {
    this.#channel.postMessage({ kind: 'end' } satisfies Message);
  }

  close(): void {
    this.#channel.close();
  }
}

/** The executor's end: posts observations until the thread ends. */
export class ThreadReporter implements LoadListener {
  readonly #channel: BroadcastChannel;
  readonly #delays: Readonly<Record<EarlyPhase, Map<number, number>>> = {
    receive: new Map(),
    block: new Map(),
  };

  constructor(run: string) {
    this.#channel = openChannel(run);
    this.#channel.unref();
  }

  /** Reports the states of these sources, and ends them when the driver ends the load. */
  report(side: LoadSide): void {
    this.#channel.addEventListener('message', (event) => {
      if (contentOf(event).kind === 'end') side.end();
    });
    setInterval(() => this.#post(side.states()), POST_MS).unref();
  }

  onDelay(phase: EarlyPhase, delayMs: number, times: number): void {
    const step = Math.round(delayMs * STEPS_PER_MS);
    const delays = this.#delays[phase];
    delays.set(step, (delays.get(step) ?? 0) + times);
  }

  onBlock(block: WatchedBlock): void {
    this.#channel.postMessage({ kind: 'block', block } satisfies Message);
  }

  #post(states: readonly SourceState[]): void {
    const delays = (['receive', 'block'] as const).flatMap((phase) =>
      [...this.#delays[phase]].map(([step, times]): Delay => [phase, step / STEPS_PER_MS, times]),
    );
    if (delays.length === 0 && states.length === 0) return;
    for (const seen of Object.values(this.#delays)) seen.clear();
    this.#channel.postMessage({ kind: 'observed', delays, states } satisfies Message);
  }
}

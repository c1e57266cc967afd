// The part of a run beside the receivers: the sources of the load, and the observation of blocks. In a run without
// threads this part is in the driver's process; on threads each executor has such a part, and reports to the driver.
import type { ReceivedBlockHandler } from '@millrace/core';
import type { OpenLoopSource } from '../load/open-loop-source.ts';
import { type WatchedBlock, watchHandler } from './watch-handler.ts';
import type { WorkloadRecord } from './workload-config.ts';

/** A delay known beside the receivers. */
export type EarlyPhase = 'receive' | 'block';

/** Takes the observations. */
export interface LoadListener {
  onDelay(phase: EarlyPhase, delayMs: number, times: number): void;
  onBlock(block: WatchedBlock): void;
}

/** The state of the source of one receiver. */
export interface SourceState {
  readonly receiver: number;
  readonly sent: number;
  readonly pending: number;
  readonly failures: number;
  readonly isEnded: boolean;
}

/** The sources of a run, wherever they are. */
export interface LoadControl {
  /** The states of all started sources. */
  states(): readonly SourceState[];
  /** Ends the load: due records are still sent. */
  end(): void;
  close(): void;
}

/** The sources in this thread. */
export class LoadSide implements LoadControl {
  readonly #sources: readonly OpenLoopSource<WorkloadRecord>[];
  #isEnded = false;

  constructor(sources: readonly OpenLoopSource<WorkloadRecord>[]) {
    this.#sources = sources;
  }

  states(): readonly SourceState[] {
    return this.#sources.flatMap((source, receiver) =>
      source.isStarted
        ? [
            {
              receiver,
              sent: source.sent,
              pending: source.pending,
              failures: source.failures,
              isEnded: this.#isEnded,
            },
          ]
        : [],
    );
  }

  end(): void {
    this.#isEnded = true;
    for (const source of this.#sources) source.end();
  }

  close(): void {}
}

/** Observes the blocks of this thread from now on. */
export function watchBlocks(handler: ReceivedBlockHandler, listener: LoadListener): void {
  watchHandler(handler, {
    onCut: (waitedMs, records) => listener.onDelay('block', waitedMs, records),
    onStored: (block) => listener.onBlock(block),
  });
}

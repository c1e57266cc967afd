// A log of decisions that tells the keeper of the blocks' log about each decision: in the replay, and after each append, when
// the decision is durable. A refused decision is not told, so the keeper of a driver that was deposed hears nothing more.
import type { BatchTime, BlockLogKeeper, LogHandle, Logger } from '@millrace/core';
import type { LogEntry } from '@millrace/core/engine';
import type { LogGauges } from '@millrace/core/observation';
import { inlineIn } from './metadata-event-codec.ts';
import type { MetadataEvent, MetadataLog } from './metadata-log.ts';

/** The log of decisions and its listener. */
export interface ToldMetadataLogDeps {
  readonly inner: MetadataLog;
  readonly keeper: BlockLogKeeper;
  readonly log: Logger;
}

/** See the header of this file. */
export class ToldMetadataLog implements MetadataLog {
  readonly #inner: MetadataLog;
  readonly #keeper: BlockLogKeeper;
  readonly #log: Logger;
  #isRecovered = false;

  constructor({ inner, keeper, log }: ToldMetadataLogDeps) {
    this.#inner = inner;
    this.#keeper = keeper;
    this.#log = log;
  }

  get isDurable(): boolean {
    return this.#inner.isDurable;
  }

  get anEntry(): LogEntry | undefined {
    return this.#inner.anEntry;
  }

  async replay(apply: (event: MetadataEvent) => void): Promise<void> {
    await this.#inner.replay((event) => {
      apply(event);
      this.#tell(event);
    });
    this.#recovered();
  }

  async append(event: MetadataEvent): Promise<LogHandle | undefined> {
    // A driver without anything durable replays nothing.
    this.#recovered();
    const handle = await this.#inner.append(event);
    const isInline = event.kind === 'block-addition' && event.content !== undefined && handle !== undefined;
    this.#tell(isInline ? { ...event, block: inlineIn(event.block, handle) } : event);
    return handle;
  }

  async clean(threshold: BatchTime): Promise<void> {
    await this.#inner.clean(threshold);
    this.#guarded(() => this.#keeper.abandoned(threshold));
  }

  gauges(): LogGauges | undefined {
    return this.#inner.gauges?.();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #recovered(): void {
    if (this.#isRecovered) return;
    this.#isRecovered = true;
    this.#guarded(() => this.#keeper.recovered());
  }

  #tell(event: MetadataEvent): void {
    this.#guarded(() => {
      if (event.kind === 'block-addition') this.#keeper.added(event.block, event.timeMs);
      else if (event.kind === 'batch-allocation')
        this.#keeper.allocated(event.timeMs, [...event.input.blocks.values()].flat());
      else if (event.kind === 'batch-cleanup') this.#keeper.released(event.timeMs);
    });
  }

  /** The decision is durable and stands, whatever the plugin does. */
  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#log.error('the keeper of the log for blocks failed; blocks may stay in the log', { error });
    }
  }
}

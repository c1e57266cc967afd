// The driver's decisions in a write-ahead log of their own. One event is one entry; entries that wait together share a
// sync in the log itself. The entry that names the driver in charge is written again before a clean-up would remove the
// entry: without it the log could not be read back.
import type { BatchTime, Codec, LogHandle, WriteAheadLog } from '@millrace/core';
import type { LogEntry } from '@millrace/core/engine';
import type { LogGauges } from '@millrace/core/observation';
import { BlockTexts, decodeEvent, encodeEvent } from './metadata-event-codec.ts';
import type { DriverStart, MetadataEvent, MetadataLog } from './metadata-log.ts';

/** The name under which the driver's log is opened. */
export const METADATA_LOG_NAME = 'received-block-metadata';

/** A metadata log that survives its process. */
export class LoggedMetadataLog implements MetadataLog {
  readonly isDurable = true;
  readonly #log: WriteAheadLog;
  readonly #codec: Codec;
  #driverStart: { readonly event: DriverStart; readonly entry: LogEntry } | undefined;

  constructor(log: WriteAheadLog, codec: Codec) {
    this.#log = log;
    this.#codec = codec;
  }

  /** The entry that names the driver in charge. */
  get anEntry(): LogEntry | undefined {
    return this.#driverStart?.entry;
  }

  async replay(apply: (event: MetadataEvent) => void): Promise<void> {
    const texts = new BlockTexts();
    for await (const entry of this.#log.readAll()) apply(decodeEvent(this.#codec, entry, texts));
  }

  async append(event: MetadataEvent): Promise<LogHandle> {
    const payload = encodeEvent(this.#codec, event);
    const handle = await this.#log.write(payload, event.timeMs);
    if (event.kind === 'driver-start') this.#driverStart = { event, entry: { payload, handle } };
    return handle;
  }

  async clean(threshold: BatchTime): Promise<void> {
    const start = this.#driverStart?.event;
    if (start !== undefined && start.timeMs < threshold) await this.append({ ...start, timeMs: threshold });
    await this.#log.clean(threshold);
  }

  gauges(): LogGauges | undefined {
    return this.#log.gauges?.();
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

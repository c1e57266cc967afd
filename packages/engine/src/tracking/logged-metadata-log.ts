// The driver's decisions in a write-ahead log of their own. One event is one entry; entries that wait together share a
// sync in the log itself. The entry that names the driver in charge is written again before a clean-up would remove the
// entry: without it the log could not be read back.
import type { BatchTime, Codec, WriteAheadLog } from '@millrace/core';
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
  #driverStart: DriverStart | undefined;

  constructor(log: WriteAheadLog, codec: Codec) {
    this.#log = log;
    this.#codec = codec;
  }

  async replay(apply: (event: MetadataEvent) => void): Promise<void> {
    const texts = new BlockTexts();
    for await (const { payload } of this.#log.readAll()) apply(decodeEvent(this.#codec, payload, texts));
  }

  async append(event: MetadataEvent): Promise<void> {
    await this.#log.write(encodeEvent(this.#codec, event), event.timeMs);
    if (event.kind === 'driver-start') this.#driverStart = event;
  }

  async clean(threshold: BatchTime): Promise<void> {
    const start = this.#driverStart;
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

// The required content of a log, derived from the log's answers alone: every entry with the outcome reported to its
// writer. The result of a recovery is compared with the model, and settles entries without a reported outcome.
import type { LogHandle, LogRecord } from '@millrace/core';

/** An entry as known to its writer. */
interface ModelEntry {
  readonly index: number;
  readonly timeMs: number;
  readonly sizeBytes: number;
  /** `open`: no outcome was reported. `gone`: the entry is not in the log, and must not return. */
  state: 'open' | 'kept' | 'gone';
  handle?: LogHandle;
  /** A clean-up with a higher threshold was begun. */
  mayBeCleaned: boolean;
}

/** The model of one log over all its lives. */
export class LogModel {
  readonly #entries: ModelEntry[] = [];

  /** Begins a write. Returns the payload, and the functions to call with the outcome. */
  begin(timeMs: number, sizeBytes: number) {
    const index = this.#entries.length;
    const entry: ModelEntry = { index, timeMs, sizeBytes, state: 'open', mayBeCleaned: false };
    this.#entries.push(entry);
    return {
      payload: payloadOf(entry),
      kept: (handle: LogHandle) => {
        entry.state = 'kept';
        entry.handle = handle;
      },
      refused: () => (entry.state = 'gone'),
    };
  }

  /** Begins a clean-up. */
  clean(thresholdMs: number): void {
    for (const entry of this.#entries) if (entry.timeMs < thresholdMs) entry.mayBeCleaned = true;
  }

  /** Begins a removal of whole segments. */
  discard(segments: readonly string[]): void {
    const removed = new Set(segments);
    for (const entry of this.#entries)
      if (removed.has(entry.handle?.segment ?? '')) entry.mayBeCleaned = true;
  }

  /** Handles that must be readable, with the expected payloads. */
  handles(): readonly { readonly handle: LogHandle; readonly payload: Uint8Array }[] {
    return this.#entries.flatMap((entry) =>
      isNeeded(entry) && entry.handle !== undefined
        ? [{ handle: entry.handle, payload: payloadOf(entry) }]
        : [],
    );
  }

  /** Accepts the result of a recovery, and lists the deviations. */
  recovered(records: readonly LogRecord[]): readonly string[] {
    const wrong: string[] = [];
    const returned = new Set<number>();
    let last = -1;
    for (const { payload, timeMs, handle } of records) {
      const index = payload.byteLength < 4 ? -1 : Buffer.from(payload).readUInt32LE(0);
      const entry = this.#entries[index];
      if (entry === undefined || timeMs !== entry.timeMs || !payloadOf(entry).equals(payload)) {
        wrong.push(`an entry without a write, at ${handle.segment}:${handle.offset} (WAL-2)`);
        continue;
      }
      if (index <= last) wrong.push(`entry ${index} after entry ${last} (WAL-2)`);
      if (entry.state === 'gone') wrong.push(`entry ${index}, which was refused or gone before (WAL-2)`);
      last = index;
      returned.add(index);
      entry.handle = handle;
    }
    for (const entry of this.#entries) {
      if (isNeeded(entry) && !returned.has(entry.index)) wrong.push(`no entry ${entry.index} (WAL-1, WAL-4)`);
      entry.state = returned.has(entry.index) ? 'kept' : 'gone';
    }
    return wrong;
  }

  /** After a permitted loss, for instance of power without syncs: missing entries are gone. */
  mayLoseAll(): void {
    for (const entry of this.#entries) if (entry.state === 'kept') entry.state = 'open';
  }
}

function isNeeded({ state, mayBeCleaned }: ModelEntry): boolean {
  return state === 'kept' && !mayBeCleaned;
}

/** The index, and bytes that differ everywhere, so that a misplaced page is noticed. */
function payloadOf({ index, sizeBytes }: Pick<ModelEntry, 'index' | 'sizeBytes'>): Buffer {
  const payload = Buffer.alloc(Math.max(4, sizeBytes));
  payload.writeUInt32LE(index, 0);
  for (let at = 4; at < payload.length; at += 1) payload[at] = (index * 31 + at * 7) & 0xff;
  return payload;
}

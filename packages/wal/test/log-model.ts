// What a log must hold, kept by somebody who only listens to its answers: every entry with what its writer was told. A
// recovery is checked against it, and settles what nobody was told.
import type { LogHandle, LogRecord } from '@millrace/core';

/** An entry as its writer knows it. */
interface ModelEntry {
  readonly index: number;
  readonly timeMs: number;
  readonly sizeBytes: number;
  /** `open`: nobody was told. `gone`: it is not in the log, and must not come back. */
  state: 'open' | 'kept' | 'gone';
  handle?: LogHandle;
  /** A clean-up with a higher threshold was begun. */
  mayBeCleaned: boolean;
}

/** The model of one log over all its lives. */
export class LogModel {
  readonly #entries: ModelEntry[] = [];

  /** A write begins. Returns its payload, and what to call with its outcome. */
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

  /** A clean-up begins. */
  clean(thresholdMs: number): void {
    for (const entry of this.#entries) if (entry.timeMs < thresholdMs) entry.mayBeCleaned = true;
  }

  /** A removal of whole segments begins. */
  discard(segments: readonly string[]): void {
    const removed = new Set(segments);
    for (const entry of this.#entries)
      if (removed.has(entry.handle?.segment ?? '')) entry.mayBeCleaned = true;
  }

  /** Handles that must be readable, with what must be read. */
  handles(): readonly { readonly handle: LogHandle; readonly payload: Uint8Array }[] {
    return this.#entries.flatMap((entry) =>
      isNeeded(entry) && entry.handle !== undefined
        ? [{ handle: entry.handle, payload: payloadOf(entry) }]
        : [],
    );
  }

  /** Takes in what a recovery returned, and lists what is wrong with it. */
  recovered(records: readonly LogRecord[]): readonly string[] {
    const wrong: string[] = [];
    const returned = new Set<number>();
    let last = -1;
    for (const { payload, timeMs, handle } of records) {
      const index = payload.byteLength < 4 ? -1 : Buffer.from(payload).readUInt32LE(0);
      const entry = this.#entries[index];
      if (entry === undefined || timeMs !== entry.timeMs || !payloadOf(entry).equals(payload)) {
        wrong.push(`an entry that nobody wrote, at ${handle.segment}:${handle.offset} (WAL-2)`);
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

  /** After a loss that was allowed, for instance of power without syncs: what is missing is gone. */
  mayLoseAll(): void {
    for (const entry of this.#entries) if (entry.state === 'kept') entry.state = 'open';
  }
}

function isNeeded({ state, mayBeCleaned }: ModelEntry): boolean {
  return state === 'kept' && !mayBeCleaned;
}

/** The index, and bytes that are different everywhere, so that a misplaced page is noticed. */
function payloadOf({ index, sizeBytes }: Pick<ModelEntry, 'index' | 'sizeBytes'>): Buffer {
  const payload = Buffer.alloc(Math.max(4, sizeBytes));
  payload.writeUInt32LE(index, 0);
  for (let at = 4; at < payload.length; at += 1) payload[at] = (index * 31 + at * 7) & 0xff;
  return payload;
}

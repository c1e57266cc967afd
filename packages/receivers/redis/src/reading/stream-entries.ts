// Entries in the answers of the server.
import type { RedisReply } from '../connection/redis-connection.ts';

/** An entry of a stream. */
export interface StreamEntry {
  readonly id: string;
  /** Names and values in turns; undefined for an entry that was removed from the stream. */
  readonly fields: readonly Buffer[] | undefined;
  /** The bytes of id, names and values. */
  readonly bytes: number;
}

/** The entries of one stream in the answer to XREAD and XREADGROUP; empty for no answer. */
export function entriesOfRead(answer: RedisReply): readonly StreamEntry[] {
  if (answer === null) return [];
  // One stream was asked: [[key, entries]].
  const [[, entries]] = answer as readonly [readonly [Buffer, RedisReply]];
  return entriesOf(entries);
}

/** The entries in a list of `[id, fields]`. */
export function entriesOf(answer: RedisReply): readonly StreamEntry[] {
  const found: StreamEntry[] = [];
  for (const entry of answer as readonly (readonly [Buffer, readonly Buffer[] | null] | null)[]) {
    // Servers before 7.0 leave a hole for an entry that was removed.
    if (entry === null) continue;
    const [id, fields] = entry;
    let bytes = id.length;
    if (fields !== null) for (const part of fields) bytes += part.length;
    found.push({ id: id.toString('latin1'), fields: fields ?? undefined, bytes });
  }
  return found;
}

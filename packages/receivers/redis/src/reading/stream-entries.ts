// Entries in the answers of the server.
import type { RedisReply } from '../connection/redis-connection.ts';

/** An entry as it came: the id, and names and values in turns; null for an entry that was removed from the stream. */
export type ReplyEntry = readonly [id: Buffer, fields: readonly Buffer[] | null];

/** An entry of a stream. */
export interface StreamEntry {
  readonly id: string;
  /** Names and values in turns; undefined for an entry that was removed from the stream. */
  readonly fields: readonly Buffer[] | undefined;
  /** The bytes of id, names and values. */
  readonly bytes: number;
}

/** The entries of one stream in the answer to XREAD, as they came; empty for no answer. */
export function replyEntriesOfRead(answer: RedisReply): readonly ReplyEntry[] {
  if (answer === null) return [];
  // One stream was asked: [[key, entries]].
  const [[, entries]] = answer as readonly [readonly [Buffer, readonly ReplyEntry[]]];
  return entries;
}

/** The entries of one stream in the answer to XREADGROUP; empty for no answer. */
export function entriesOfRead(answer: RedisReply): readonly StreamEntry[] {
  return entriesOf(replyEntriesOfRead(answer));
}

/** The entries in a list of `[id, fields]`. */
export function entriesOf(answer: RedisReply | readonly ReplyEntry[]): readonly StreamEntry[] {
  const found: StreamEntry[] = [];
  for (const entry of answer as readonly (ReplyEntry | null)[]) {
    // Servers before 7.0 leave a hole for an entry that was removed.
    if (entry === null) continue;
    const [id, fields] = entry;
    found.push({ id: idOf(id), fields: fields ?? undefined, bytes: bytesOf(entry) });
  }
  return found;
}

/** The text of an id. */
export function idOf(id: Buffer): string {
  return id.toString('latin1');
}

/** The bytes of id, names and values. */
export function bytesOf([id, fields]: ReplyEntry): number {
  let bytes = id.length;
  if (fields !== null) for (const part of fields) bytes += part.length;
  return bytes;
}

/** The bytes of the largest entry; 0 without entries. */
export function largestOf(entries: readonly StreamEntry[]): number {
  let largest = 0;
  for (const { bytes } of entries) largest = Math.max(largest, bytes);
  return largest;
}

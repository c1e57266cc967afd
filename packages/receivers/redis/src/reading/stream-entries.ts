// Entries in the answers of the server.
import type { RedisReply } from '../connection/redis-connection.ts';

/** A name, a value or an id as it came, by the request: bytes, or a text that the client library has made of them. */
export type ReplyPart = Buffer | string;

/** An entry as it came: the id, and names and values in turns; null for an entry that was removed from the stream. */
export type ReplyEntry<Part extends ReplyPart = Buffer> = readonly [id: Part, fields: readonly Part[] | null];

/** An entry of a stream. */
export interface StreamEntry {
  readonly id: string;
  /** Names and values in turns; undefined for an entry that was removed from the stream. */
  readonly fields: readonly Buffer[] | undefined;
  /** The bytes of id, names and values. */
  readonly bytes: number;
}

/** The entries of one stream in the answer to XREAD, as they came; empty for no answer. */
export function replyEntriesOfRead<Part extends ReplyPart = Buffer>(
  answer: RedisReply,
): readonly ReplyEntry<Part>[] {
  if (answer === null) return [];
  // One stream was asked: [[key, entries]].
  const [[, entries]] = answer as unknown as readonly [readonly [Part, readonly ReplyEntry<Part>[]]];
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
export function idOf(id: ReplyPart): string {
  return typeof id === 'string' ? id : id.toString('latin1');
}

/** The length of id, names and values: bytes, or characters of texts. */
export function lengthOf([id, fields]: ReplyEntry<ReplyPart>): number {
  let length = id.length;
  if (fields === null) return length;
  for (let at = 0; at < fields.length; at += 1) length += (fields[at] as ReplyPart).length;
  return length;
}

/** The bytes of id, names and values. */
export function bytesOf(entry: ReplyEntry<ReplyPart>): number {
  let bytes = lengthOf(entry);
  for (const part of entry[1] ?? [])
    if (typeof part === 'string') bytes += Buffer.byteLength(part) - part.length;
  return bytes;
}

/** The bytes of the largest entry; 0 without entries. */
export function largestOf(entries: readonly StreamEntry[]): number {
  let largest = 0;
  for (const { bytes } of entries) largest = Math.max(largest, bytes);
  return largest;
}

// The keys of objects: `<prefix><application>-<batch time>-<output operation>-<partition><suffix>`. The same write has the same key
// on every re-run, and different writes have different keys. Keys differ without regard to the store's treatment of slashes.
import { createHash } from 'node:crypto';
import type { SinkWrite } from '@millrace/core';

const APPLICATION_CHARACTERS_MAX = 64;
const HASH_CHARACTERS = 24;

/** The key of the object of a partition. */
export function partitionKey(write: SinkWrite, prefix: string, suffix: string): string {
  return `${prefix}${batchName(write)}-${write.partition}${suffix}`;
}

/** The key of the object with the number of partitions of an output operation of a batch. */
export function claimKey(write: SinkWrite, prefix: string): string {
  return `${prefix}.millrace/${batchName(write)}`;
}

function batchName({ application, batchTime, outputOperation }: SinkWrite): string {
  return `${keySafe(application)}-${batchTime}-${outputOperation}`;
}

/** A text in letters, digits, `-`, `_`, and `!XX` for other bytes: a `%` in a key is decoded by some stores. */
function keySafe(text: string): string {
  const safe = [...Buffer.from(text.toWellFormed())]
    .map((byte) => {
      const character = String.fromCodePoint(byte);
      return /[A-Za-z0-9_-]/.test(character) ? character : `!${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  if (safe.length <= APPLICATION_CHARACTERS_MAX && text.isWellFormed()) return safe;
  const hash = createHash('sha256').update(JSON.stringify(text)).digest('hex').slice(0, HASH_CHARACTERS);
  return `${safe.slice(0, APPLICATION_CHARACTERS_MAX - 2 - HASH_CHARACTERS)}!!${hash}`;
}

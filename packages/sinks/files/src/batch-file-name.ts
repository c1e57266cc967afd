// The name of the file that a partition of a batch becomes: `<prefix><batch id>-<output operation>-<partition><suffix>`.
// The same write has the same name on every re-run, and different writes have different names: that is how a write is
// recognised. An application may be called anything, so its name is written in characters that are safe in a path.
import { createHash } from 'node:crypto';
import { batchId, type SinkWrite } from '@millrace/core';

/** What stands around the identity of a write. */
export interface NameFrame {
  readonly prefix: string;
  readonly suffix: string;
}

/** Together with the rest of a name and both parts of its frame this stays below the 255 bytes of file systems. */
const APPLICATION_CHARACTERS_MAX = 64;

const HASH_CHARACTERS = 24;

/** The name, without a path, of the file of a partition. */
export function batchFileName(write: SinkWrite, frame: NameFrame): string {
  return framed(`${outputName(write)}-${write.partition}`, frame);
}

/** The name, without a path, of the file that holds how many partitions an output of a batch has. */
export function claimFileName(write: SinkWrite, frame: NameFrame): string {
  return framed(outputName(write), frame);
}

function outputName({ application, batchTime, outputOperation }: SinkWrite): string {
  return `${batchId({ application: fileSafe(application), batchTime })}-${outputOperation}`;
}

function framed(name: string, { prefix, suffix }: NameFrame): string {
  return `${prefix}${name}${suffix}`;
}

/**
 * A text in letters, digits, `-`, `_`, and `%XX` for every byte of anything else, dots and slashes included. What
 * would be too long, or is no well-formed text, is cut and ends with a `~` and a hash of all of it instead.
 */
export function fileSafe(text: string): string {
  const safe = encodeURIComponent(text.toWellFormed()).replace(/[.!~*'()]/g, percentEncoded);
  if (safe.length <= APPLICATION_CHARACTERS_MAX && text.isWellFormed()) return safe;
  const hash = createHash('sha256').update(JSON.stringify(text)).digest('hex').slice(0, HASH_CHARACTERS);
  return `${safe.slice(0, APPLICATION_CHARACTERS_MAX - 1 - HASH_CHARACTERS)}~${hash}`;
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

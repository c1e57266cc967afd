// The name of the file of one partition of a batch: `<prefix><batch id>-<output operation>-<partition><suffix>`. The
// same write has the same name on every re-run, and different writes have different names: the name identifies a write.
// The name of an application may be any text, so the text is encoded in characters that are safe in a path.
import { createHash } from 'node:crypto';
import { batchId, type SinkWrite } from '@millrace/core';

/** The text around the identity of a write. */
export interface NameFrame {
  readonly prefix: string;
  readonly suffix: string;
}

/** With the rest of the name, the prefix and the suffix, the name stays below the 255 bytes of file systems. */
const APPLICATION_CHARACTERS_MAX = 64;

const HASH_CHARACTERS = 24;

/** The name, without a path, of the file of a partition. */
export function batchFileName(write: SinkWrite, frame: NameFrame): string {
  return framed(`${outputName(write)}-${write.partition}`, frame);
}

/** The name, without a path, of the file with the number of partitions of an output of a batch. */
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
 * A text in letters, digits, `-`, `_`, and `%XX` for every byte of any other character, dots and slashes included. A
 * text that would be too long, or is not well-formed, is cut and ends with a `~` and a hash of the whole text.
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

// The lines of the paper's workloads: text of 100 bytes with the word frequencies of a language, and the advertisement
// events of the Yahoo streaming benchmark as JSON.
import { SeededRandom } from '@millrace/core';
import { KeyChooser } from '@millrace/harness';

/** The kinds of lines. */
export type LineKind = 'text' | 'ads';

/** Lines of one length. */
export interface LinePool {
  readonly lines: number;
  /** The lines from one number up to another. */
  slice(from: number, to: number): Uint8Array;
  /** Puts this time into every line with a time. */
  stamp(timeMs: number): void;
}

/** Advertisements, ten in each campaign. */
export const ADS = 1_000;

const LINES = 16_384;
const TEXT_BYTES = 100;
const WORDS = 10_000;
const EVENT_TYPES = ['view', 'click', 'purchase'];
const TIME_FIELD = '"event_time":"';

/** Makes the lines of a kind; always the same lines. */
export function makePool(kind: LineKind): LinePool {
  const made = Array.from({ length: LINES }, kind === 'text' ? textLines() : adLines());
  const length = Math.max(...made.map((line) => line.length)) + 1;
  const bytes = Buffer.from(made.map((line) => `${line.padEnd(length - 1)}\n`).join(''), 'latin1');
  return {
    lines: LINES,
    slice: (from, to) => bytes.subarray(from * length, to * length),
    stamp: (timeMs) => {
      if (kind === 'ads') stampAll(bytes, length, String(timeMs));
    },
  };
}

function textLines(): () => string {
  const words = new KeyChooser({ keys: WORDS, skew: 1 }, new SeededRandom(1));
  return () => {
    let line = '';
    while (line.length < TEXT_BYTES - 10) line += `word${words.next()} `;
    // The last word is made longer: padding with blanks would create empty words.
    return line
      .slice(0, TEXT_BYTES - 1)
      .trimEnd()
      .padEnd(TEXT_BYTES - 1, 'x');
  };
}

/**
 * Views, clicks and purchases are equally frequent. The time comes first, so that its offset is the same in all lines.
 */
function adLines(): () => string {
  const random = new SeededRandom(2);
  const id = () => random.id(36);
  return () => {
    const event = EVENT_TYPES[random.integer(EVENT_TYPES.length)] ?? 'view';
    const ad = `ad-${random.integer(ADS)}`;
    return `{${TIME_FIELD}${'0'.repeat(13)}","user_id":"${id()}","page_id":"${id()}","ad_id":"${ad}","ad_type":"banner","event_type":"${event}","ip_address":"1.2.3.4"}`;
  };
}

function stampAll(bytes: Buffer, length: number, time: string): void {
  const at = 1 + TIME_FIELD.length;
  for (let start = 0; start < bytes.length; start += length) bytes.write(time, start + at, 'latin1');
}

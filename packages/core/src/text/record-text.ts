// A record in words, for a message: of bounded length, in one line, safe for a terminal. A record may be any value:
// huge, circular, or an object with throwing getters.
import { propertyOf, shortened } from '../errors/thrown-value.ts';
import { escapeControls } from './escape-controls.ts';

/** The number of printed levels of a record. */
const LEVELS_MAX = 4;

/**
 * The record as one line of at most `charactersMax` characters (default 1,024), without control characters. Time and
 * memory are proportional to the bound, not to the record. Never throws.
 */
export function recordText(record: unknown, charactersMax = 1_024): string {
  const words = new RecordWords(charactersMax);
  words.add(record, 0);
  const text = escapeControls(words.text.toWellFormed());
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1)}…`;
}

class RecordWords {
  text = '';
  readonly #charactersMax: number;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  add(value: unknown, level: number): void {
    if (typeof value === 'string') this.text += quoted(value, this.#left);
    else if (typeof value === 'bigint') this.text += shortened(`${value}`, 100);
    else if (typeof value === 'function' || typeof value === 'symbol') this.text += `[${typeof value}]`;
    else if (typeof value !== 'object' || value === null) this.text += String(value);
    else this.#addObject(value, level);
  }

  get #left(): number {
    return this.#charactersMax - this.text.length;
  }

  #addObject(value: object, level: number): void {
    try {
      if (level === LEVELS_MAX) this.text += '…';
      else if (value instanceof Date)
        this.text += Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
      else if (ArrayBuffer.isView(value)) this.text += `[${value.byteLength} bytes]`;
      else if (Array.isArray(value)) this.#addEntries('[', value, level, ']');
      else if (value instanceof Map) this.#addEntries('Map [', value, level, ']');
      else if (value instanceof Set) this.#addEntries('Set [', value, level, ']');
      else this.#addFields(value, level);
    } catch {
      this.text += '[unreadable]';
    }
  }

  #addEntries(begin: string, entries: Iterable<unknown>, level: number, end: string): void {
    this.text += begin;
    let isFirst = true;
    for (const entry of entries) {
      if (!isFirst) this.text += ', ';
      isFirst = false;
      if (this.#left <= 0) break;
      this.add(entry, level + 1);
    }
    this.text += end;
  }

  #addFields(fields: object, level: number): void {
    const name = propertyOf(propertyOf(fields, 'constructor'), 'name');
    this.text += typeof name === 'string' && name !== 'Object' ? `${shortened(name, 100)} {` : '{';
    let isFirst = true;
    for (const key in fields) {
      this.text += isFirst ? ' ' : ', ';
      isFirst = false;
      if (this.#left <= 0) break;
      this.text += `${/^[\w$]+$/.test(key) ? key : quoted(key, this.#left)}: `;
      this.add(propertyOf(fields, key), level + 1);
    }
    this.text += isFirst ? '}' : ' }';
  }
}

function quoted(text: string, charactersMax: number): string {
  return JSON.stringify(text.length <= charactersMax ? text : text.slice(0, Math.max(0, charactersMax)));
}

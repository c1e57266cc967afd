// The value of a message, from bytes to a record. Bytes that are not in the expected form are reported as a problem in words;
// the words contain no part of the message, because messages are the data of somebody else.
import { isUtf8 } from 'node:buffer';

/** The form of the value of a message. */
export type ValueForm = 'json' | 'text' | 'bytes';

/** A message that is not in the expected form. */
export class MalformedValue {
  /** The problem in words, for instance `expected JSON`. */
  readonly problem: string;

  constructor(problem: string) {
    this.problem = problem;
  }
}

const NOT_UTF8 = new MalformedValue('expected UTF-8');
const NOT_JSON = new MalformedValue('expected JSON');
const TRICK = new MalformedValue('expected no key __proto__, and no key prototype inside of constructor');
const TOO_DEEP = new MalformedValue('expected at most 100 levels of nesting');
/** The character in place of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';
/** The codec of the engine accepts no deeper record. */
const DEPTH_MAX = 100;

/**
 * Makes the decoder for one form: bytes to the value, or to a `MalformedValue`. The decoder keeps no reference to the bytes.
 * The value of JSON has no key that changes prototypes when a job merges records without care.
 */
export function valueDecoder(form: ValueForm): (bytes: Buffer) => unknown {
  if (form === 'bytes') return (bytes) => new Uint8Array(bytes);
  return form === 'text' ? textOf : jsonOf;
}

/**
 * Makes the decoder for messages that a client library has already made texts of, otherwise like `valueDecoder`. A library puts
 * the character U+FFFD in place of bytes that are not UTF-8, so a text with this character does not tell its bytes: the answer
 * is undefined, and the caller decides by the bytes.
 */
export function textValueDecoder(form: 'json' | 'text'): (text: string) => unknown {
  const decode = form === 'json' ? parsed : (text: string) => text;
  return (text) => (text.includes(REPLACEMENT) ? undefined : decode(text));
}

function textOf(bytes: Buffer): unknown {
  const text = bytes.toString();
  return isExact(text, bytes) ? text : NOT_UTF8;
}

function jsonOf(bytes: Buffer): unknown {
  const text = bytes.toString();
  return isExact(text, bytes) ? parsed(text) : NOT_UTF8;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return mayTrick(text) ? (problemOf(value, 1) ?? value) : value;
  } catch {
    return NOT_JSON;
  }
}

/** False when bytes are not UTF-8. Such bytes become a character of their own, and to look for this character costs little. */
function isExact(text: string, bytes: Buffer): boolean {
  return !text.includes(REPLACEMENT) || isUtf8(bytes);
}

/**
 * Names with an effect contain `proto`, or are written with escapes. A search of the text costs less than a walk over the value,
 * and a search for one character the least.
 */
function mayTrick(text: string): boolean {
  return text.indexOf('proto') !== -1 || (text.indexOf('\\') !== -1 && text.includes('\\u'));
}

function problemOf(value: unknown, depth: number): MalformedValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > DEPTH_MAX) return TOO_DEEP;
  for (const key of Object.keys(value)) {
    const child = (value as Readonly<Record<string, unknown>>)[key];
    if (key === '__proto__') return TRICK;
    if (key === 'constructor' && hasPrototype(child)) return TRICK;
    const problem = problemOf(child, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function hasPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

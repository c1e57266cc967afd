// Safe access to thrown values. A program may throw anything: text, null, an object without prototype, a revoked proxy,
// an error with throwing getters. Inspecting such a value with `String`, a template, `instanceof` or a property access
// can throw again, inside the handler of the first failure. Every inspection of a thrown value goes through this file.
// No function here throws.
import { inspect, types } from 'node:util';

/** The largest length of a message; an error is for people, and crosses threads. */
export const MESSAGE_CHARACTERS_MAX = 8_192;

/** True for an error: of this realm, of another realm, or of a subclass. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return types.isNativeError(thrown) || thrown instanceof Error;
  } catch {
    return false;
  }
}

/** A property of a thrown value; undefined when the property is absent or its getter throws. */
export function propertyOf(thrown: unknown, name: PropertyKey): unknown {
  if ((typeof thrown !== 'object' || thrown === null) && typeof thrown !== 'function') return undefined;
  try {
    return (thrown as Readonly<Record<PropertyKey, unknown>>)[name];
  } catch {
    return undefined;
  }
}

/**
 * The text of a thrown value, at most 8,192 characters: the message of an error or of a similar object, else the value
 * itself. Never empty.
 */
export function messageOf(thrown: unknown): string {
  const message = propertyOf(thrown, 'message');
  if (typeof message === 'string') return shortened(message) || nameOf(thrown);
  return shortened(textOf(thrown)) || 'an empty text';
}

/** The name of an error, for instance `TypeError`; `Error` for everything else. At most 200 characters. */
export function nameOf(thrown: unknown): string {
  const name = propertyOf(thrown, 'name');
  return typeof name === 'string' && name !== '' && typeof thrown === 'object'
    ? shortened(name, 200)
    : 'Error';
}

/**
 * The thrown value if it is an error, else an error with the value in words as its message and the value as its cause.
 */
export function asError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(messageOf(thrown), { cause: thrown });
}

/**
 * Text of at most `charactersMax` characters; longer text ends with its length. Never ends in half a surrogate pair.
 */
export function shortened(text: string, charactersMax = MESSAGE_CHARACTERS_MAX): string {
  if (text.length <= charactersMax) return text.toWellFormed();
  const note = `… (${text.length} characters)`;
  return `${text.slice(0, charactersMax - note.length).toWellFormed()}${note}`;
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if ((typeof thrown !== 'object' || thrown === null) && typeof thrown !== 'function') return String(thrown);
  return spokenText(thrown) ?? inspectedText(thrown);
}

/** The value's own text; undefined when that text names only the kind of the value. */
function spokenText(thrown: unknown): string | undefined {
  if (typeof thrown === 'function' || types.isProxy(thrown) || Array.isArray(thrown)) return undefined;
  try {
    const text = String(thrown);
    return text.startsWith('[object ') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The content of the value. Getters, proxies and the value's own printing methods are not called. */
function inspectedText(thrown: unknown): string {
  try {
    return inspect(thrown, {
      depth: 2,
      breakLength: Number.POSITIVE_INFINITY,
      compact: true,
      maxArrayLength: 10,
      maxStringLength: 1_000,
      customInspect: false,
      getters: false,
    });
  } catch {
    return `a value of type ${typeof thrown} that cannot be printed`;
  }
}

// The memory that parsed JSON takes. `[]` and a comma are three bytes of text and forty of heap, `{}` takes sixty-four, and
// an object whose keys no other object has takes two hundred. The weights are those of V8 in Node 24, measured over shapes
// that grow most; parsed records take at most twice the weight of their text, and most take less than the weight.
import { BYTE, endOfString } from './json-bytes.ts';

/** A string without its characters. */
export const STRING_BYTES = 16;
/** An array without its entries. */
export const ARRAY_BYTES = 32;
/** An object without its keys. */
export const OBJECT_BYTES = 64;
/** An entry of an array. */
export const ENTRY_BYTES = 8;
/** A key with its value: a word where other objects have the key too, five or more where none has. */
export const KEY_BYTES = 32;

/** The most that a JSON text can weigh when it is parsed, without parsing it. */
export function weightOfText(bytes: Uint8Array, start: number, end: number): number {
  let weight = end - start;
  for (let at = start; at < end; at += 1) {
    switch (bytes[at]) {
      case BYTE.quote:
        at = endOfString(bytes, at);
        weight += STRING_BYTES;
        break;
      case BYTE.openBracket:
        weight += ARRAY_BYTES + ENTRY_BYTES;
        break;
      case BYTE.openBrace:
        weight += OBJECT_BYTES;
        break;
      case BYTE.comma:
        weight += ENTRY_BYTES;
        break;
      case BYTE.colon:
        weight += KEY_BYTES;
        break;
      default:
        break;
    }
  }
  return weight;
}

// Memory of parsed JSON. `[]` and a comma are 3 bytes of text and 40 bytes of heap. `{}` takes 64 bytes. An object with keys
// that no other object has takes about 200 bytes. The weights come from measurements of V8 in Node 24 over the shapes that
// grow most. Parsed records take at most twice their weight; most records take less than their weight.
import { BYTE, endOfString } from './json-bytes.ts';

/** A string without its characters. */
export const STRING_BYTES = 16;
/** An array without its entries. */
export const ARRAY_BYTES = 32;
/** An object without its keys. */
export const OBJECT_BYTES = 64;
/** An entry of an array. */
export const ENTRY_BYTES = 8;
/** A key with its value: 8 bytes when other objects share the key, 60 to 120 bytes when no other object does. */
export const KEY_BYTES = 32;

/** Upper bound for the weight of a JSON text, without parsing. */
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

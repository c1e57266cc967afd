// The check of decoded values. MessagePack has extensions that Millrace's encoder never writes: errors, regular
// expressions, typed arrays, references. The library's decoder supports all of these, so foreign bytes may contain
// objects that no record contains. This walk is the trust boundary: the check covers kinds only, because text and
// numbers cannot be of a wrong kind.
import { ENCODED_DEPTH_MAX } from './record-check.ts';

/** True when the values are of the kinds that a record may contain, nested no deeper than the encoder allows. */
export function isRecordData(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null)
    return typeof value !== 'function' && typeof value !== 'symbol';
  if (depth > ENCODED_DEPTH_MAX) return false;
  switch (Object.getPrototypeOf(value)) {
    case Object.prototype:
    case null:
      return isDataInFields(value as Readonly<Record<string, unknown>>, depth + 1);
    case Array.prototype:
      return isDataInArray(value as readonly unknown[], depth + 1);
    case Map.prototype:
      return isDataInMap(value as ReadonlyMap<unknown, unknown>, depth + 1);
    case Set.prototype:
      return isDataInArray([...(value as ReadonlySet<unknown>)], depth + 1);
    case Date.prototype:
    case Uint8Array.prototype:
    case Buffer.prototype:
      return true;
    default:
      return false;
  }
}

function isDataInFields(fields: Readonly<Record<string, unknown>>, depth: number): boolean {
  for (const key in fields) {
    const value = fields[key];
    if (typeof value === 'object' && value !== null && !isRecordData(value, depth)) return false;
  }
  return true;
}

function isDataInArray(values: readonly unknown[], depth: number): boolean {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (typeof value === 'object' && value !== null && !isRecordData(value, depth)) return false;
  }
  return true;
}

function isDataInMap(map: ReadonlyMap<unknown, unknown>, depth: number): boolean {
  for (const [key, value] of map) if (!isRecordData(key, depth) || !isRecordData(value, depth)) return false;
  return true;
}

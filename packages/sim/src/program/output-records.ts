// Converts the records of a batch to texts, for outputs and for the model: in the order of the stream where an order is
// promised, otherwise sorted.
import { baseOf } from './batch-operators.ts';
import { texter, type RecordType } from './record-type.ts';
import type { Shape } from './shape.ts';

/** The directory of text files: the common beginning of the prefixes of all outputs. */
export const TEXT_FILES = '/data/texts';

/** The maximum number of printed records; no batch has more. */
export const PRINTED_MAX = 100_000;

/** The name of an output in the ledger. */
export function outputName(id: number, part?: string): string {
  return part === undefined ? `program ${id}` : `program ${id} ${part}`;
}

/** Returns the texts of records. Parts of partitions are joined first. */
export function arrangedTexts({ type, isOrdered }: Pick<Shape, 'type' | 'isOrdered'>) {
  const text = texter(baseOf(type));
  return (records: readonly unknown[]): readonly string[] => {
    const texts = elementsOf(type, records).map(text);
    return isOrdered ? texts : texts.sort();
  };
}

/** Returns the lines that `print` writes for numbers and for pairs of numbers. */
export function printedTexts({ isOrdered }: Pick<Shape, 'isOrdered'>) {
  const line = (record: unknown): string =>
    Array.isArray(record) ? `[ ${record.map(String).join(', ')} ]` : String(record);
  return (records: readonly unknown[]): readonly string[] =>
    isOrdered ? records.map(line) : records.map(line).sort();
}

/** The elements of all parts; records of other types unchanged. */
export function elementsOf(type: RecordType, records: readonly unknown[]): unknown[] {
  if (type.kind !== 'parts') return [...records];
  return records.flatMap((part) => elementsOf(type.of, part as readonly unknown[]));
}

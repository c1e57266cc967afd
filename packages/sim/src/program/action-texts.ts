// The results of actions as texts.
import { texter, type RecordType } from './record-type.ts';
import { pairTypes, type Shape } from './shape.ts';

/** Gives texts of results of actions on a stream. */
export function actionTexts(shape: Pick<Shape, 'type' | 'isOrdered'>) {
  const text = texter(shape.type);
  return {
    number: (value: number): string => String(value),
    list: (records: readonly unknown[]): string => records.map(text).join(' '),
    /** Counts by key. */
    map: (counts: Iterable<readonly [unknown, unknown]>, key: RecordType): string => {
      const keyText = texter(key);
      return [...counts].map(([of, count]) => `${keyText(of)}: ${String(count)}`).sort().join(', '); // prettier-ignore
    },
    /** Values by key. */
    values: (values: Iterable<readonly [unknown, unknown]>): string => {
      const [keyText, valueText] = pairTypes(shape).map(texter) as [typeof text, typeof text];
      return [...values].map(([key, value]) => `${keyText(key)}: ${valueText(value)}`).sort().join(', '); // prettier-ignore
    },
  };
}

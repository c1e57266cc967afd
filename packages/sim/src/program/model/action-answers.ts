// The expected results of actions on the records of a batch.
import { actionTexts } from '../action-texts.ts';
import type { ActionName } from '../program-plan.ts';
import { pairTypes, type Shape } from '../shape.ts';
import { combinerOf, comparer, sum, weigher } from '../user-functions.ts';
import { countsOf, groupsOf } from './batch-answers.ts';

const FEW = 3;

/** The expected text of the result. */
export function actionAnswer(action: ActionName, records: readonly unknown[], shape: Shape): string {
  const { type } = shape;
  const texts = actionTexts(shape);
  const sorted = () => records.toSorted(comparer(type));
  const total = () => texts.number(records.map(weigher(type)).reduce(sum, 0));
  const byKey = (choose: (values: unknown[]) => unknown) =>
    [...groupsOf(records, pairTypes(shape)[0]).values()].map(
      ({ key, values }) => [key, choose(values)] as const,
    );
  switch (action) {
    case 'count':
      return texts.number(records.length);
    case 'countByValue':
      return texts.map(countsOf(records, type), type);
    case 'countByKey':
      return texts.map(
        byKey(({ length }) => length),
        pairTypes(shape)[0],
      );
    case 'collectAsMap':
      return texts.values(byKey((values) => values.at(-1)));
    case 'reduceByKeyLocally':
      return texts.values(byKey((values) => values.reduce(combinerOf('greatest', pairTypes(shape)[1]))));
    case 'lookup':
      return texts.list(records.filter((pair) => (pair as readonly [unknown, unknown])[0] === 0));
    case 'take':
      return texts.list(records.slice(0, FEW));
    case 'first':
      return records.length === 0 ? 'none' : texts.list(records.slice(0, 1));
    case 'isEmpty':
      return String(records.length === 0);
    case 'top':
      return texts.list(sorted().toReversed().slice(0, FEW));
    case 'takeOrdered':
      return texts.list(sorted().slice(0, FEW));
    case 'min':
      return records.length === 0 ? 'none' : texts.list(sorted().slice(0, 1));
    case 'max':
    case 'reduce':
      return records.length === 0 ? 'none' : texts.list(sorted().slice(-1));
    case 'fold':
    case 'aggregate':
      return total();
    case 'forEach':
    case 'foreachPartition':
      return 'done';
  }
}

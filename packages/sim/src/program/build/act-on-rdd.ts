// Calls an action on the RDD of a batch, and returns the result as a text.
import type { RDD } from '@millrace/engine';
import { actionTexts } from '../action-texts.ts';
import type { ActionName } from '../program-plan.ts';
import { pairTypes, type Shape } from '../shape.ts';
import { combinerOf, comparer, sum, weigher } from '../user-functions.ts';

/** The number of records requested by `take`, `top` and `takeOrdered`. */
const FEW = 3;

/** The text of the result. The expected text follows from the records alone: `actionAnswer`. */
export async function actOn(rdd: RDD<unknown>, action: ActionName, shape: Shape): Promise<string> {
  const { type } = shape;
  const texts = actionTexts(shape);
  const weigh = weigher(type);
  const pairs = rdd as RDD<[unknown, unknown]>;
  switch (action) {
    case 'count':
      return texts.number(await rdd.count());
    case 'countByValue':
      return texts.map(await rdd.countByValue(), type);
    case 'countByKey':
      return texts.map(await pairs.countByKey(), pairTypes(shape)[0]);
    case 'collectAsMap':
      return texts.values(await pairs.collectAsMap());
    case 'reduceByKeyLocally':
      return texts.values(await pairs.reduceByKeyLocally(combinerOf('greatest', pairTypes(shape)[1])));
    case 'lookup':
      return texts.list((await pairs.lookup(0)).map((value) => [0, value]));
    case 'take':
      return texts.list(await rdd.take(FEW));
    case 'first':
      return (await rdd.isEmpty()) ? 'none' : texts.list([await rdd.first()]);
    case 'isEmpty':
      return String(await rdd.isEmpty());
    case 'top':
      return texts.list(await rdd.top(FEW, comparer(type)));
    case 'takeOrdered':
      return texts.list(await rdd.takeOrdered(FEW, comparer(type)));
    case 'max':
      return (await rdd.isEmpty()) ? 'none' : texts.list([await rdd.max(comparer(type))]);
    case 'min':
      return (await rdd.isEmpty()) ? 'none' : texts.list([await rdd.min(comparer(type))]);
    case 'reduce':
      return (await rdd.isEmpty()) ? 'none' : texts.list([await rdd.reduce(combinerOf('greatest', type))]);
    case 'fold':
      return texts.number(await rdd.map(weigh).fold(0, sum));
    case 'aggregate': {
      const add = (total: number, record: unknown): number => sum(total, weigh(record));
      return texts.number(await rdd.aggregate<number>(() => 0, add, sum));
    }
    case 'forEach': {
      // The function runs on executors, so no result of the function comes back.
      await rdd.forEach((record) => void weigh(record));
      return 'done';
    }
    case 'foreachPartition':
      await rdd.foreachPartition((records) => void [...records].map(weigh));
      return 'done';
  }
}

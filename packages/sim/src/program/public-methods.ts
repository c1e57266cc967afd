// The public methods of streams and RDDs that programs call, and the methods that programs do not call, with reasons. A
// test compares both lists with the classes of the engine: a new method must be drawn or listed here.
import { batchOperator } from './batch-operators.ts';
import { BATCH_OPERATOR_NAMES, OPERATOR_NAMES } from './operator-names.ts';
import { operatorOf } from './operators.ts';
import { ACTIONS, OUTPUT_KINDS } from './program-plan.ts';

/** The methods that programs call, named by their class. */
export const CALLED_METHODS: ReadonlySet<string> = new Set([
  ...OPERATOR_NAMES.flatMap((name) => operatorOf(name).methods),
  ...BATCH_OPERATOR_NAMES.flatMap((name) => batchOperator(name).methods),
  ...OUTPUT_KINDS.map((kind) => `DStream.${kind}`),
  ...ACTIONS.map((action) => `RDD.${action}`),
  ...operatorOf('input').methods,
  'DStream.uid',
  'RDD.collect',
]);

const FOR_THE_ENGINE = 'called by the engine, not by programs';
const FOR_STATE =
  'operators with state call the method to truncate their lineage; programs with state use it all the time';

/**
 * Methods of the base class of streams that programs call. The engine calls the remaining methods of this class, which
 * belong to the engine.
 */
export const CALLED_OF_NODES: ReadonlySet<string> = new Set(['uid', 'persist', 'cache', 'slice']);

/** Methods that programs do not call. */
export const NOT_CALLED: Readonly<Record<string, string>> = {
  'EventTimeStream.onRecordError': 'programs with known answers have a stream whose function fails',
  'DStream.validate': 'map with a function that calls a schema; its failures are those of map',
  'DStream.compute': FOR_THE_ENGINE,
  'RDD.preferredExecutors': FOR_THE_ENGINE,
  'RDD.runAction': 'every action is called by its name',
  'RDD.cutLineage': FOR_STATE,
  'RDD.rebase': FOR_STATE,
};

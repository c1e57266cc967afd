// Options of operators with unknown names: such an option would silently change nothing.
import { virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamingContext } from '../context/streaming-context.ts';

const add = (left: number, right: number): number => left + right;

type Method =
  | 'queueStream'
  | 'textFileStream'
  | 'binaryRecordsStream'
  | 'fileStream'
  | 'combineByKey'
  | 'reduceByWindow'
  | 'reduceByKeyAndWindow'
  | 'updateStateByKey'
  | 'mapWithState'
  | 'assignTimestamps'
  | 'tumbling'
  | 'session'
  | 'reduceByKey'
  | 'groupByKey'
  | 'reduce'
  | 'print'
  | 'saveAsTextFiles';

/** The view of untyped code: methods that take anything. */
type Untyped = { readonly [M in Method]: (...given: readonly unknown[]) => Untyped };

/** A context and a stream of pairs, without the checks of the compiler. */
function untyped() {
  const { plugin } = virtualPorts();
  const context = new StreamingContext({ appName: 'app', batchIntervalMs: 1_000, plugins: [plugin] });
  const ssc = context as unknown as Untyped;
  const pairs = ssc.queueStream([]);
  const timed = pairs.assignTimestamps(() => 1);
  return { ssc, pairs, timed };
}

type Operator = (program: ReturnType<typeof untyped>, options: unknown) => unknown;

const operators: Readonly<Record<string, Operator>> = {
  queueStream: ({ ssc }, options) => ssc.queueStream([], options),
  textFileStream: ({ ssc }, options) => ssc.textFileStream('/in', options),
  binaryRecordsStream: ({ ssc }, options) => ssc.binaryRecordsStream('/in', 4, options),
  combineByKey: ({ pairs }, options) => pairs.combineByKey((v: unknown) => v, add, add, options),
  reduceByWindow: ({ pairs }, options) => pairs.reduceByWindow(add, 1_000, 1_000, options),
  reduceByKeyAndWindow: ({ pairs }, options) => pairs.reduceByKeyAndWindow(add, 1_000, 1_000, options),
  updateStateByKey: ({ pairs }, options) => pairs.updateStateByKey(() => 1, options),
  mapWithState: ({ pairs }, options) => pairs.mapWithState(() => 1, options),
  assignTimestamps: ({ pairs }, options) => pairs.assignTimestamps(() => 1, options),
  'tumbling().reduceByKey': ({ timed }, options) => timed.tumbling(1_000).reduceByKey(add, options),
  'session().groupByKey': ({ timed }, options) => timed.session(1_000).groupByKey(options),
  'tumbling().reduce': ({ timed }, options) => timed.tumbling(1_000).reduce(add, options),
  print: ({ pairs }, options) => pairs.print(10, options),
  saveAsTextFiles: ({ pairs }, options) => pairs.saveAsTextFiles('/out', 'txt', options),
};

const refused = (text: string) =>
  expect.objectContaining({
    code: 'MR_GRAPH_INVALID_ARGUMENT',
    message: expect.stringContaining(text) as string,
  }) as Error;

describe.each(Object.entries(operators))('%s', (_name, operator) => {
  it('refuses an unknown option, and lists the known options', () => {
    expect(() => operator(untyped(), { nosuch: 1 })).toThrow(refused('option nosuch'));
    expect(() => operator(untyped(), { nosuch: undefined })).toThrow(refused('there are '));
  });

  it.each([null, 'text', [], new Map([['partitions', 2]]), Promise.resolve({})])('refuses %o', (options) => {
    expect(() => operator(untyped(), options)).toThrow(refused('the options'));
  });

  it('accepts empty options', () => {
    expect(() => operator(untyped(), {})).not.toThrow();
  });
});

describe('options of operators', () => {
  it.each<[string, string, unknown]>([
    ['queueStream', 'oneAtATime', 'no'],
    ['textFileStream', 'accept', /csv/],
    ['textFileStream', 'newFilesOnly', 1],
    ['combineByKey', 'mapSideCombine', 0],
    ['reduceByWindow', 'inverse', 'minus'],
    ['reduceByKeyAndWindow', 'inverse', true],
    ['mapWithState', 'initialState', { a: 1 }],
    ['updateStateByKey', 'migrate', {}],
    ['updateStateByKey', 'timeoutMs', 1_000],
    ['tumbling().reduceByKey', 'migrate', 1],
    ['tumbling().reduce', 'partitions', 2],
    ['print', 'write', 'stdout'],
    ['saveAsTextFiles', 'format', 'csv'],
  ])('%s refuses a wrong %s', (name, option, value) => {
    expect(() => operators[name]?.(untyped(), { [option]: value })).toThrow(refused(option));
  });

  it('reduceByKeyAndWindow refuses a filter without an inverse function', () => {
    const { pairs } = untyped();
    expect(() => pairs.reduceByKeyAndWindow(add, 1_000, 1_000, { filter: () => true })).toThrow(
      refused('filter'),
    );
  });

  it('refuses a queue that is not iterable, a directory that is not text, and a suffix that is not text', () => {
    const { ssc, pairs } = untyped();
    expect(() => ssc.queueStream('records')).toThrow(refused('queue'));
    expect(() => ssc.textFileStream(undefined)).toThrow(refused('directory'));
    expect(() => pairs.saveAsTextFiles('/out', 5)).toThrow(refused('suffix'));
    expect(() => ssc.fileStream('/in')).toThrow(refused('the options'));
    expect(() => ssc.fileStream('/in', {})).toThrow(refused('parse'));
    expect(() => ssc.fileStream('/in', { parser: () => [] })).toThrow(refused('option parser'));
  });
});

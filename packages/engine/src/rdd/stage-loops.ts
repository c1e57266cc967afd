// The loops that run chains of steps. A chain of closures, each calling the next, costs four to eight times as much
// as a loop written by hand, because the JavaScript engine cannot inline calls with changing targets. So a chain is
// written out as a hand-written loop would be, and compiled once. Only the kinds of its steps become source text,
// always from the few lines below; functions of the program go in as arguments.
//
// A loop is made for one chain: the same functions in the same order, into a sink of the same class. If two chains
// shared a loop, its calls would have two targets and inlining would be lost again. A program has few chains, and
// the same ones in every batch; functions that are made anew for every batch use up the bound below and then share
// one loop for each shape. Where making code from strings is disallowed, closures give the same results, only
// slower.
//
// A step that fails for a record ends in its guard, which leaves the record out or ends the task (`step-guard.ts`). The
// `try` around each call costs nothing as long as nothing is thrown.
//
// A function that returns a promise is refused, and so is any other result with a method `then`, for instance the
// query of a builder. Checking for `then` costs nothing while results have few shapes, and about 5 ns a record for
// very many shapes. The closures, which run the first records of every task, check the fields of records as well. In
// later records a promise in a field passes here; the codec refuses the record where it leaves the process.
import type { Pair } from './pair.ts';
import type { ChunkSink, RecordSink } from './record-sink.ts';
import type { Step } from './step.ts';
import { CountSink, FoldSink } from './sinks.ts';
import { refuseNoPair } from './required-pair.ts';
import { FAIL_AT_ONCE, guardFrom, LEFT_OUT, type RecordGuard } from './record-guard.ts';
import { resultOf } from './step-results.ts';
import { asynchronousFunction } from './synchronous.ts';

type StepFunction = Step['fn'];
type AnyPair = Pair<unknown, unknown>;
/**
 * Takes the functions of the steps, then the sink, then the functions that refuse a promise and a record that is no pair,
 * then the guard and the mark of a record that is left out.
 */
type LoopFactory = (...functions: unknown[]) => ChunkSink<unknown>;

interface Shape {
  /** Unique number of this shape; part of the marks of its loops. */
  readonly number: number;
  readonly source: readonly string[];
  readonly shared: LoopFactory;
  /** Functions are referenced weakly: an unused chain must not retain the values that its functions captured. */
  readonly own: { readonly functions: readonly WeakRef<StepFunction>[]; readonly factory: LoopFactory }[];
}

/** Largest number of own loops for the chains of one shape, over the life of the environment. */
const maxOwnLoops = 32;
/** Largest number of steps in one loop. */
const maxSteps = 100;
/** Number of records of a task that run on closures, with every check. */
const checkedRecords = 64;
/** Largest number of remembered shapes; a chain of another shape runs on closures. */
const maxShapes = 1_000;

/** Collects the results of one part of a long chain for a chunk. */
class PartSink implements RecordSink<unknown> {
  #records: unknown[] = [];

  push(record: unknown): void {
    this.#records.push(record);
  }

  take(): readonly unknown[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }
}

/** Makes and caches loops for chains of steps. One instance for each executor. */
export class StageLoops {
  readonly #shapes = new Map<string, Shape>();
  #compiles: boolean;

  /** `compile: false` runs everything on closures. Default: compile where it is allowed. */
  constructor(options: { readonly compile?: boolean } = {}) {
    this.#compiles = options.compile ?? true;
  }

  /**
   * Returns a sink of chunks that runs the steps on every record, in order, and pushes the results into `sink`. `guard`:
   * the reaction to records for which a step fails; default: the error of the step ends the loop.
   */
  loop(
    steps: readonly Step[],
    sink: RecordSink<unknown>,
    guard: RecordGuard = FAIL_AT_ONCE,
  ): ChunkSink<unknown> {
    return steps.length > maxSteps ? this.#inParts(steps, sink, guard) : this.#loop(steps, sink, guard);
  }

  /** A long chain becomes loops one after the other: nested in one another they would be too many for the stack. */
  #inParts(steps: readonly Step[], sink: RecordSink<unknown>, guard: RecordGuard): ChunkSink<unknown> {
    const parts: { readonly loop: ChunkSink<unknown>; readonly results: PartSink }[] = [];
    const last = steps.length - (steps.length % maxSteps || maxSteps);
    for (let from = 0; from < last; from += maxSteps) {
      const results = new PartSink();
      const loop = this.#loop(steps.slice(from, from + maxSteps), results, guardFrom(from, guard));
      parts.push({ loop, results });
    }
    const end = this.#loop(steps.slice(last), sink, guardFrom(last, guard));
    return (records, from, to) => {
      let [chunk, first, past] = [records, from, to];
      for (const part of parts) {
        part.loop(chunk, first, past);
        chunk = part.results.take();
        [first, past] = [0, chunk.length];
      }
      end(chunk, first, past);
    };
  }

  #loop(steps: readonly Step[], sink: RecordSink<unknown>, guard: RecordGuard): ChunkSink<unknown> {
    const checked = chained(steps, sink, guard);
    if (!this.#compiles) return checked;
    return checkedFirst(checked, () => this.#compiled(steps, sink, guard) ?? checked);
  }

  #compiled(
    steps: readonly Step[],
    sink: RecordSink<unknown>,
    guard: RecordGuard,
  ): ChunkSink<unknown> | undefined {
    const shape = this.#shapeOf(steps, sink);
    if (shape === undefined) return undefined;
    const factory = this.#ownLoop(shape, steps) ?? shape.shared;
    // bounded: a loop has at most `maxSteps` steps
    return factory(...steps.map((step) => step.fn), sink, refuse, refuseNoPair, guard, LEFT_OUT);
  }

  #shapeOf(steps: readonly Step[], sink: RecordSink<unknown>): Shape | undefined {
    const kinds = steps.map((step) => step.kind);
    const name = `${kinds.join(',')}|${sink.constructor.name}`;
    const known = this.#shapes.get(name);
    if (known !== undefined || this.#shapes.size >= maxShapes) return known;
    try {
      const source = sourceOf(kinds, endOf(sink));
      const number = this.#shapes.size;
      const shape: Shape = { number, source, shared: compile(source, `${number}`), own: [] };
      this.#shapes.set(name, shape);
      return shape;
    } catch (error) {
      if (!(error instanceof EvalError)) throw error;
      this.#compiles = false;
      return undefined;
    }
  }

  #ownLoop(shape: Shape, steps: readonly Step[]): LoopFactory | undefined {
    const known = shape.own.find(({ functions }) =>
      functions.every((fn, index) => fn.deref() === steps[index]?.fn),
    );
    if (known !== undefined) return known.factory;
    if (shape.own.length >= maxOwnLoops) return undefined;
    const factory = compile(shape.source, `${shape.number}.${shape.own.length}`);
    shape.own.push({ functions: steps.map((step) => new WeakRef(step.fn)), factory });
    return factory;
  }
}

/** The parameters, then the body, of a function that returns the loop. */
function sourceOf(kinds: readonly Step['kind'][], end: LoopEnd): readonly string[] {
  // Functions become variables of the loop: the compiler would have to assume that outer variables change with each
  // record.
  const functions = kinds.map((_, index) => `const g${index} = f${index};`);
  const fixed = ['sink', 'refuse', 'refuseNoPair', 'guard', 'LEFT_OUT'];
  const parameters = [...kinds.map((_, index) => `f${index}`), ...fixed];
  const opening = kinds.map((kind, index) => lineOf[kind](index, `r${index}`, `r${index + 1}`));
  const closing = kinds.map((kind) => (kind.startsWith('flatMap') ? '}' : '')).join('');
  return [
    ...parameters,
    `return function stage(records, from, to) {
      ${functions.join(' ')}
      ${end.before}
      for (let index = from; index < to; index++) {
        const r0 = records[index];
        ${opening.join('\n')}
        ${end.each(`r${kinds.length}`)}
      ${closing}}
      ${end.after}
    };`,
  ];
}

/** The code of a loop for each resulting record, and before and after the records of a slice. */
interface LoopEnd {
  readonly before: string;
  readonly each: (record: string) => string;
  readonly after: string;
}

/**
 * A result that grows with each record is a variable of the loop: a write to the sink for each record would go to
 * memory.
 */
function endOf(sink: RecordSink<unknown>): LoopEnd {
  if (sink instanceof FoldSink) {
    const before = 'const add = sink.add; let result = sink.result;';
    const each = (record: string) => `result = add(result, ${record}); ${looked('result', 'aggregate')}`;
    return { before, each, after: 'sink.result = result;' };
  }
  if (sink instanceof CountSink)
    return { before: 'let count = sink.count;', each: () => 'count++;', after: 'sink.count = count;' };
  return { before: '', each: (record) => `sink.push(${record});`, after: '' };
}

/** One step of the loop: `step` its number, `before` the incoming record, `after` the outgoing record. */
const lineOf: Record<Step['kind'], (step: number, before: string, after: string) => string> = {
  map: (step, before, after) =>
    guarded(step, before, after, `${after} = g${step}(${before}); ${looked(after, 'map')}`),
  filter: (step, before, after) => {
    const call = `t${after} = g${step}(${before}); if (t${after}) { ${looked(`t${after}`, 'filter')} }`;
    return `${guarded(step, before, `t${after}`, call)}
    if (!t${after}) continue;
    const ${after} = ${before};`;
  },
  flatMap: (step, before, after) => {
    const list = `i${after}`;
    const call = `${list} = g${step}(${before}); ${listed(step, before, list, 'flatMap')}`;
    return `${guarded(step, before, list, call)}
    for (const ${after} of ${list}) {`;
  },
  keyBy: (step, before, after) => {
    const call = `k${after} = g${step}(${before}); ${looked(`k${after}`, 'keyBy')}`;
    return `${guarded(step, before, `k${after}`, call)}
    const ${after} = [k${after}, ${before}];`;
  },
  mapValues: (step, before, after) => {
    const call = `${paired(before, 'mapValues')} v${after} = g${step}(${before}[1]); ${looked(`v${after}`, 'mapValues')}`;
    return `${guarded(step, before, `v${after}`, call)}
    const ${after} = [${before}[0], v${after}];`;
  },
  flatMapValues: (step, before, after) => {
    const list = `i${after}`;
    const call = `${paired(before, 'flatMapValues')} ${list} = g${step}(${before}[1]); ${listed(step, before, list, 'flatMapValues')}`;
    return `${guarded(step, before, list, call)}
    for (const v${after} of ${list}) {
    const ${after} = [${before}[0], v${after}];`;
  },
};

/** Runs `call`, which sets `result`; the guard gives the result of a record for which the call fails. */
function guarded(step: number, record: string, result: string, call: string): string {
  return `let ${result};
    try { ${call} } catch (error) {
      ${result} = guard.again(${step}, ${record}, error);
      if (${result} === LEFT_OUT) continue;
    }`;
}

/**
 * Written out instead of a call of `isThenable`: results that are no objects then cost only a check of their type.
 */
function looked(result: string, operator: string, among = 'undefined'): string {
  const isThenable = `typeof ${result} === 'object' && ${result} !== null && typeof ${result}.then === 'function'`;
  return `if (${isThenable}) refuse('${operator}', ${result}, ${among});`;
}

/** Nearly every function returns a list. The list is checked before its first record goes on. */
function listed(step: number, record: string, list: string, operator: string): string {
  return `if (Array.isArray(${list})) {
        for (let at = 0; at < ${list}.length; at++) { const one = ${list}[at]; ${looked('one', operator, list)} }
      } else ${list} = guard.listed(${step}, ${list}, ${record});`;
}

function paired(record: string, operator: string): string {
  return `if (!Array.isArray(${record})) refuseNoPair('${operator}', ${record});`;
}

function refuse(operator: string, promise: unknown, among: Iterable<unknown> | undefined): never {
  throw asynchronousFunction(operator, promise, { among });
}

/**
 * Runs the first records on `checked`, later records on the loop, which is made only then: most tasks are smaller.
 */
function checkedFirst(checked: ChunkSink<unknown>, makeLoop: () => ChunkSink<unknown>): ChunkSink<unknown> {
  let left = checkedRecords;
  let loop: ChunkSink<unknown> | undefined;
  return (records, from, to) => {
    if (loop !== undefined) return loop(records, from, to);
    const middle = Math.min(to, from + left);
    left -= middle - from;
    checked(records, from, middle);
    if (middle === to) return;
    loop = makeLoop();
    loop(records, middle, to);
  };
}

/** The mark makes the text unique: the JavaScript engine shares call feedback between functions of equal text. */
function compile(source: readonly string[], mark: string): LoopFactory {
  const parameters = source.slice(0, -1);
  // bounded: a loop has at most `maxSteps` steps
  return new Function(...parameters, `'use strict'; /* ${mark} */ ${source.at(-1) ?? ''}`) as LoopFactory;
}

type Next = (record: unknown) => unknown;

function chained(steps: readonly Step[], sink: RecordSink<unknown>, guard: RecordGuard): ChunkSink<unknown> {
  const last: Next = (record) => sink.push(record);
  const first = steps.reduceRight((next, step, index) => closureOf(step, index, { next, guard }), last);
  return (records, from, to) => {
    for (let index = from; index < to; index++) first(records[index]);
  };
}

function closureOf(
  step: Step,
  index: number,
  { next, guard }: { readonly next: Next; readonly guard: RecordGuard },
): Next {
  const pass = passing[step.kind];
  return (record) => {
    let result: unknown;
    try {
      result = resultOf(step, record, (results) => guard.listed(index, results, record));
    } catch (error) {
      result = guard.again(index, record, error);
      if (result === LEFT_OUT) return;
    }
    pass(record, result, next);
  };
}

/** Passes the result of a step on to the next one. */
const passing: Record<Step['kind'], (record: unknown, result: unknown, next: Next) => void> = {
  map: (_, result, next) => next(result),
  filter: (record, result, next) => {
    if (result) next(record);
  },
  flatMap: (_, results, next) => {
    for (const result of results as Iterable<unknown>) next(result);
  },
  keyBy: (record, key, next) => next([key, record]),
  mapValues: (record, value, next) => next([(record as AnyPair)[0], value]),
  flatMapValues: (record, values, next) => {
    for (const value of values as Iterable<unknown>) next([(record as AnyPair)[0], value]);
  },
};

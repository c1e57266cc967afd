// The expected records of every stream of a drawn program in every batch, evaluated from the whole history of inputs,
// operator by operator, over plain arrays. The model knows the meaning of operators and is independent of their
// implementation; no module of the engine is loaded here.
import type { InputHistory } from '../../input-history.ts';
import { STREAM_BATCH_OPERATORS, type BatchOperatorName } from '../operator-names.ts';
import { filtered, flatMapped, mapped } from '../record-functions.ts';
import { inputOf } from '../input-records.ts';
import type { EventTimeSettings, ProgramNode, ProgramPlan } from '../program-plan.ts';
import type { Shape } from '../shape.ts';
import { shapesOf } from '../shapes-of.ts';
import { combinerOf, FAR_MS, timer } from '../user-functions.ts';
import { batchAnswer, countsOf, reduced } from './batch-answers.ts';
import { passedByBatch, passedByEventTime } from './duplicate-answers.ts';
import { eventWindowAnswers, isAhead, type EventWindowAnswer, type TimedRecord } from './event-window-answers.ts'; // prettier-ignore
import { joinAnswers } from './join-answers.ts';
import { mapWithStateAnswers, updateStateByKeyAnswers } from './state-answers.ts';
import { watermarkAnswers, type WatermarkAnswer } from './watermark-answers.ts';
import { isWindow, WINDOW_ANSWERS, type WindowName } from './window-answers.ts';

type Records = readonly unknown[];

const BATCH_OPERATORS: ReadonlySet<string> = new Set(STREAM_BATCH_OPERATORS);

/** The expected results of one program over one history. Batches are counted from 1. */
export class ProgramModel {
  readonly #nodes: ReadonlyMap<string, ProgramNode>;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #inputs: readonly (readonly (readonly (readonly [number, number])[])[])[];
  readonly #intervalMs: number;
  readonly #batches = new Map<string, readonly Records[]>();
  readonly #timed = new Map<string, readonly (readonly TimedRecord[])[]>();
  readonly #mapped = new Map<string, ReturnType<typeof mapWithStateAnswers>>();
  readonly #windows = new Map<string, readonly EventWindowAnswer[]>();

  constructor(program: Pick<ProgramPlan, 'nodes'>, history: InputHistory) {
    this.#nodes = new Map(program.nodes.map((node) => [node.id, node]));
    this.#shapes = shapesOf(program);
    this.#inputs = [...history.batches.values()];
    this.#intervalMs = history.batchIntervalMs;
  }

  /** The shape of a stream. */
  shapeOf(id: string): Shape {
    const shape = this.#shapes.get(id);
    if (shape === undefined) throw new TypeError(`stream ${id} does not exist`);
    return shape;
  }

  /**
   * The records of a stream in a batch; undefined when the stream lacks the batch. Batches of parts are represented by
   * their elements.
   */
  recordsAt(id: string, batch: number): Records | undefined {
    const { slide } = this.shapeOf(id);
    return batch % slide === 0 ? this.#batchesOf(id)[batch / slide - 1] : undefined;
  }

  /** All batches of a stream, at its slides. */
  #batchesOf(id: string): readonly Records[] {
    const known = this.#batches.get(id);
    if (known !== undefined) return known;
    const made = this.#make(this.#node(id));
    this.#batches.set(id, made);
    return made;
  }

  #make(node: ProgramNode): readonly Records[] {
    const { op, from, set } = node;
    if (op === 'input') {
      const take = inputOf(set);
      return this.#inputs.map((streams) => (streams[set.source ?? 0] ?? streams[0] ?? []).flatMap(take));
    }
    const [first = ''] = from;
    switch (op) {
      case 'records':
        return this.#timedOf(first).map((batch) => batch.map(({ record }) => record));
      case 'aheadRecords':
        return this.#timedOf(first).map((batch) => batch.filter(isAhead).map(({ record }) => record));
      case 'watermarks':
        return this.#watermarksOf(first).map((watermark) => [watermark]);
      case 'lateRecords':
        return this.#windowsOf(first).map(({ late }) => late);
      case 'mapWithState':
        return this.#mappedOf(node.id).map(({ mapped: made }) => made);
      case 'stateSnapshots':
        return this.#mappedOf(first).map(({ states }) => states);
      case 'dropDuplicates':
        return passedByBatch(this.#batchesOf(first), this.shapeOf(first).type, set);
      case 'updateStateByKey':
        return updateStateByKeyAnswers({ batches: this.#batchesOf(first), shape: this.shapeOf(first), set });
      default:
        break;
    }
    if (op.startsWith('windows') || op === 'joinWithin' || op === 'leftOuterJoinWithin')
      return this.#windowsOf(node.id).map(({ windows }) => windows);
    if (isWindow(op)) return this.#windowsOfBatches(op, node);
    return this.#batchesOf(first).map((records, index) => this.#answer(node, records, index));
  }

  /** The expected result of an operator on one batch. */
  #answer({ op, from, set }: ProgramNode, records: Records, index: number): unknown[] {
    const [first = '', second = first] = from;
    const shape = this.shapeOf(first);
    const question = { records, other: this.#batchesOf(second)[index] ?? [], shape, set };
    switch (op) {
      case 'count':
        return [records.length];
      case 'reduce':
        if (shape.type.kind === 'parts') return [...records];
        return reduced(records, combinerOf(set.combine ?? 'greatest', shape.type));
      case 'countByValue':
        return countsOf(records, shape.type);
      case 'transform':
      case 'transformWith': {
        const { inner } = set;
        return inner === undefined ? [...records] : batchAnswer(inner.op, { ...question, set: inner.set });
      }
      default:
        if (!BATCH_OPERATORS.has(op)) throw new TypeError(`the model knows no ${op}`);
        return batchAnswer(op as BatchOperatorName, question);
    }
  }

  #windowsOfBatches(op: WindowName, { from: [first = ''], set }: ProgramNode): readonly Records[] {
    const batches = this.#batchesOf(first);
    const { length = 1, slide = 1 } = set;
    const windows = Array.from({ length: Math.floor(batches.length / slide) }, (_, index) => {
      const end = (index + 1) * slide;
      return { from: Math.max(0, end - length), end };
    });
    return windows.map(({ from, end }, index) =>
      WINDOW_ANSWERS[op]({
        inside: batches.slice(from, end),
        seen: batches.filter((_, batch) =>
          windows.slice(0, index + 1).some((window) => batch >= window.from && batch < window.end),
        ),
        shape: this.shapeOf(first),
        set,
      }),
    );
  }

  #mappedOf(id: string): ReturnType<typeof mapWithStateAnswers> {
    const { from: [first = ''], set } = this.#node(id); // prettier-ignore
    const made =
      this.#mapped.get(id) ??
      mapWithStateAnswers({ batches: this.#batchesOf(first), shape: this.shapeOf(first), set });
    this.#mapped.set(id, made);
    return made;
  }

  // Event time

  #timedOf(id: string): readonly (readonly TimedRecord[])[] {
    const made = this.#timed.get(id) ?? this.#makeTimed(this.#node(id));
    this.#timed.set(id, made);
    return made;
  }

  #makeTimed({
    op,
    from: [first = '', second = first],
    set,
  }: ProgramNode): readonly (readonly TimedRecord[])[] {
    const { type } = this.shapeOf(first);
    switch (op) {
      case 'assignTimestamps': {
        const timeOf = timer(type, set.times);
        const atMs = (record: unknown) => {
          const time = timeOf(record);
          return time === FAR_MS ? Number.POSITIVE_INFINITY : time;
        };
        return this.#batchesOf(first).map((batch) => batch.map((record) => ({ record, atMs: atMs(record) })));
      }
      case 'eventMap': {
        const fn = mapped(type, set);
        return this.#eachTimed(first, ({ atMs, record }) => [{ atMs, record: fn(record) }]);
      }
      case 'eventFlatMap': {
        const fn = flatMapped(type, set);
        return this.#eachTimed(first, ({ atMs, record }) =>
          fn(record).map((made) => ({ atMs, record: made })),
        );
      }
      case 'eventFilter': {
        const fn = filtered(type, set);
        return this.#eachTimed(first, (event) => (fn(event.record) ? [event] : []));
      }
      case 'eventDropDuplicates':
        return passedByEventTime(this.#timedOf(first), this.#watermarksOf(first), { type, set });
      case 'eventUnion': {
        const others = this.#timedOf(second);
        return this.#timedOf(first).map((batch, index) => [...batch, ...(others[index] ?? [])]);
      }
      default:
        throw new TypeError(`the model knows no event time of ${op}`);
    }
  }

  #eachTimed(
    id: string,
    fn: (event: TimedRecord) => readonly TimedRecord[],
  ): readonly (readonly TimedRecord[])[] {
    return this.#timedOf(id).map((batch) => batch.flatMap(fn));
  }

  #windowsOf(id: string): readonly EventWindowAnswer[] {
    const { op, from: [first = '', second = first], set } = this.#node(id); // prettier-ignore
    if (op === 'joinWithin' || op === 'leftOuterJoinWithin') {
      const inputs = {
        left: this.#timedOf(first),
        right: this.#timedOf(second),
        watermarks: this.#watermarksOf(id),
      };
      const joined = this.#windows.get(id) ?? joinAnswers({ op, ...inputs, shape: this.shapeOf(first), set });
      this.#windows.set(id, joined);
      return joined;
    }
    const made =
      this.#windows.get(id) ??
      eventWindowAnswers({
        op,
        batches: this.#timedOf(first),
        watermarks: this.#watermarksOf(first),
        shape: this.shapeOf(first),
        set,
      });
    this.#windows.set(id, made);
    return made;
  }

  #watermarksOf(id: string): readonly WatermarkAnswer[] {
    const sources = [...new Set(this.#sourcesOf(id))].map((source) => ({
      times: this.#node(source).set.times as EventTimeSettings,
      batches: this.#timedOf(source).map((batch) =>
        batch.filter((event) => !isAhead(event)).map(({ atMs }) => atMs),
      ),
    }));
    return watermarkAnswers(sources, this.shapeOf(id).slide * this.#intervalMs);
  }

  /** The operators that assigned event times to the records of a stream. */
  #sourcesOf(id: string): readonly string[] {
    const { op, from } = this.#node(id);
    return op === 'assignTimestamps' ? [id] : from.flatMap((parent) => this.#sourcesOf(parent));
  }

  #node(id: string): ProgramNode {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new TypeError(`node ${id} does not exist`);
    return node;
  }
}

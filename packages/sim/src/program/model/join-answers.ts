// The expected joins by event time, batch by batch, from all records that were not late so far.
import type { NodeSettings, ProgramNode } from '../program-plan.ts';
import { texter } from '../record-type.ts';
import { pairTypes, type Shape } from '../shape.ts';
import { isAhead, type EventWindowAnswer, type TimedRecord } from './event-window-answers.ts';
import type { WatermarkAnswer } from './watermark-answers.ts';

type Batches = readonly (readonly TimedRecord[])[];

/** The inputs of a join. */
export interface JoinQuestion {
  readonly op: ProgramNode['op'];
  readonly left: Batches;
  readonly right: Batches;
  readonly watermarks: readonly WatermarkAnswer[];
  readonly shape: Pick<Shape, 'type'>;
  readonly set: NodeSettings;
}

/** A record that was not late. */
interface Known {
  readonly name: string;
  readonly key: unknown;
  readonly value: unknown;
  readonly atMs: number;
  readonly batch: number;
  isOver: boolean;
}

/** The pairs and the late records of all batches. */
export function joinAnswers({
  op,
  left,
  right,
  watermarks,
  shape,
  set,
}: JoinQuestion): readonly EventWindowAnswer[] {
  const { beforeMs: before = 0, afterMs: after = 0 } = set.span ?? {};
  const text = texter(pairTypes(shape)[0]);
  const lefts: Known[] = [];
  const rights: Known[] = [];
  return left.map((batchOfLeft, batch) => {
    const { beforeMs, afterMs } = watermarks[batch] as WatermarkAnswer;
    const late: unknown[] = [];
    const sides = [
      { events: batchOfLeft, known: lefts, alone: (value: unknown) => [value, undefined] },
      { events: right[batch] ?? [], known: rights, alone: (value: unknown) => [undefined, value] },
    ];
    for (const { events, known, alone } of sides) {
      for (const event of events) {
        const [key, value] = event.record as readonly [unknown, unknown];
        if (isAhead(event) || event.atMs < beforeMs) late.push([key, alone(value)]);
        else known.push({ name: text(key), key, value, atMs: event.atMs, batch, isOver: false });
      }
    }
    const windows: unknown[] = [];
    for (const one of lefts) {
      const partners = rights.filter(
        ({ name, atMs }) => name === one.name && atMs >= one.atMs - before && atMs <= one.atMs + after,
      );
      for (const partner of partners)
        if (Math.max(one.batch, partner.batch) === batch) windows.push([one.key, [one.value, partner.value]]);
      if (one.isOver || one.atMs + after >= afterMs) continue;
      one.isOver = true;
      if (op === 'leftOuterJoinWithin' && partners.length === 0)
        windows.push([one.key, [one.value, undefined]]);
    }
    return { windows, late };
  });
}

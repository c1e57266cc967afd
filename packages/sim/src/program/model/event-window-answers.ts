// The expected event-time windows, batch by batch: the windows of each key, and the late records. The assignment of
// records to windows comes from the other checker (`../../event-window-answers.ts`).
import { addTo, afterBatch, type Span } from '../../event-window-answers.ts';
import type { NodeSettings, ProgramNode } from '../program-plan.ts';
import { texter, type RecordType } from '../record-type.ts';
import { pairTypes, type Shape } from '../shape.ts';
import { combinerOf, sum, weigher } from '../user-functions.ts';
import type { WatermarkAnswer } from './watermark-answers.ts';

/** A record with its event time; infinity for a record that is too far ahead of its batch. */
export interface TimedRecord {
  readonly atMs: number;
  readonly record: unknown;
}

/** Tells whether a record is too far ahead of its batch. */
export function isAhead({ atMs }: TimedRecord): boolean {
  return atMs === Number.POSITIVE_INFINITY;
}

/** The input of windows. */
export interface EventWindowQuestion {
  readonly op: ProgramNode['op'];
  readonly batches: readonly (readonly TimedRecord[])[];
  readonly watermarks: readonly WatermarkAnswer[];
  readonly shape: Pick<Shape, 'type'>;
  readonly set: NodeSettings;
}

/** The expected result of a batch. */
export interface EventWindowAnswer {
  readonly windows: readonly unknown[];
  readonly late: readonly unknown[];
}

/** The answers for all batches. */
export function eventWindowAnswers(question: EventWindowQuestion): readonly EventWindowAnswer[] {
  const { batches, watermarks, set, op, shape } = question;
  const isByKey = op.endsWith('ByKey');
  const [keyType, valueType] = isByKey ? pairTypes(shape) : [undefined, shape.type];
  const keyText = keyType === undefined ? () => '' : texter(keyType);
  const valueOf = valueMaker(op, valueType, set);
  const records: TimedRecord[] = [];
  const keys = new Map<string, { readonly key: unknown; spans: readonly Span[] }>();
  return batches.map((batch, index) => {
    const { beforeMs, afterMs } = watermarks[index] as WatermarkAnswer;
    const { windows: plan } = set;
    if (plan === undefined) throw new TypeError('windows of event time are set');
    const isOver = (endMs: number) => endMs + plan.allowedLatenessMs <= beforeMs;
    const incoming = new Map<string, { atMs: number; number: number }[]>();
    for (const event of batch.filter((one) => !isAhead(one))) {
      const name = keyText(keyOf(event));
      const number = records.push(event) - 1;
      if (!keys.has(name)) keys.set(name, { key: keyOf(event), spans: [] });
      incoming.set(name, [...(incoming.get(name) ?? []), { atMs: event.atMs, number }]);
    }
    const windows: unknown[] = [];
    const late = batch.filter(isAhead).map(({ record }) => record);
    for (const [name, state] of keys) {
      const after = addTo(plan.rule, { spans: state.spans, events: incoming.get(name) ?? [], isOver });
      // Complete, and either new since this batch or changed by this batch.
      const isGivenOut = ({ endMs, isTouched }: Span) => endMs <= afterMs && (endMs > beforeMs || isTouched);
      for (const { startMs, endMs, numbers, given } of after.spans.filter(isGivenOut)) {
        const values = numbers.map((number) => (records[number] as TimedRecord).record);
        const value = valueOf(isByKey ? values.map((pair) => (pair as [unknown, unknown])[1]) : values);
        const window = { startMs, endMs, value, ...(given.length === 0 ? {} : { replaces: given }) };
        windows.push(isByKey ? [state.key, window] : window);
      }
      late.push(...after.late.map(({ number }) => (records[number] as TimedRecord).record));
      state.spans = after.spans
        .filter(({ endMs }) => endMs + plan.allowedLatenessMs > afterMs)
        .map((span) => afterBatch(span, isGivenOut(span)));
    }
    return { windows, late };
  });

  function keyOf({ record }: TimedRecord): unknown {
    return isByKey ? (record as readonly [unknown, unknown])[0] : null;
  }
}

function valueMaker(
  op: ProgramNode['op'],
  type: RecordType,
  { combine = 'greatest' }: NodeSettings,
): (values: readonly unknown[]) => unknown {
  if (op.startsWith('windowsReduce')) return (values) => values.reduce(combinerOf(combine, type));
  if (op.startsWith('windowsGroup')) return (values) => values;
  const weigh = weigher(type);
  return (values) => [values.length, values.map(weigh).reduce(sum, 0)];
}

// The expected results of operators with state, batch by batch from the first.
import type { NodeSettings } from '../program-plan.ts';
import { texter } from '../record-type.ts';
import { pairTypes, type Shape } from '../shape.ts';
import { initialStateOf, mapperOf, updaterOf } from '../state-functions.ts';
import { groupsOf } from './batch-answers.ts';

type Records = readonly unknown[];

/** The operators with state. */
export interface StateQuestion {
  /** The batches so far, the first one first. */
  readonly batches: readonly Records[];
  readonly shape: Pick<Shape, 'type'>;
  readonly set: NodeSettings;
}

interface KeyState {
  readonly key: unknown;
  value: number;
  /** The last batch that had a record of the key. */
  touched: number;
}

function initial(set: NodeSettings): Map<string, KeyState> {
  return new Map(initialStateOf(set).map(([key, value]) => [String(key), { key, value, touched: 0 }]));
}

/** The states after each batch. */
export function updateStateByKeyAnswers({ batches, shape, set }: StateQuestion): readonly Records[] {
  const [keyType, valueType] = pairTypes(shape);
  const update = updaterOf(valueType, set);
  const states = initial(set);
  return batches.map((records) => {
    const incoming = groupsOf(records, keyType);
    for (const [name, { key }] of incoming)
      if (!states.has(name)) states.set(name, { key, value: Number.NaN, touched: 0 });
    for (const [name, state] of states) {
      const before = Number.isNaN(state.value) ? undefined : state.value;
      const after = update(incoming.get(name)?.values ?? [], before);
      if (after === undefined) states.delete(name);
      else state.value = after;
    }
    return [...states.values()].map(({ key, value }) => [key, value]);
  });
}

/** The records emitted by each batch, and the states after the batch. */
export function mapWithStateAnswers({ batches, shape, set }: StateQuestion): readonly {
  readonly mapped: Records;
  readonly states: Records;
}[] {
  const [keyType, valueType] = pairTypes(shape);
  const step = mapperOf(valueType, set);
  const text = texter(keyType);
  const states = initial(set);
  return batches.map((records, batch) => {
    // Initial states count as accessed in the first batch.
    if (batch === 0) for (const state of states.values()) state.touched = 0;
    const mapped: unknown[] = [];
    for (const [key, value] of records as readonly (readonly [unknown, unknown])[]) {
      const name = text(key);
      const { emits, next } = step.takes(value, states.get(name)?.value);
      if (next === undefined) states.delete(name);
      else states.set(name, { key: states.get(name)?.key ?? key, value: next, touched: batch });
      if (emits !== undefined) mapped.push([key, emits]);
    }
    for (const [name, { key, value, touched }] of states) {
      if (set.timeout === undefined || batch - touched <= set.timeout) continue;
      mapped.push([key, step.timesOut(value)]);
      states.delete(name);
    }
    return { mapped, states: [...states.values()].map(({ key, value }) => [key, value]) };
  });
}

// The functions that drawn programs pass to operators with state.
import type { NodeSettings } from './program-plan.ts';
import type { RecordType } from './record-type.ts';
import { modulo, sum, weigher } from './user-functions.ts';

/** Keys with initial state: some that also have records, and some without. */
export function initialStateOf({ initialKeys = 0 }: NodeSettings): readonly (readonly [number, number])[] {
  return Array.from({ length: initialKeys }, (_, key) => [key, 10 + key] as const);
}

/** For `updateStateByKey`. */
export function updaterOf(
  type: RecordType,
  { variant }: NodeSettings,
): (values: readonly unknown[], state: number | undefined) => number | undefined {
  const weigh = weigher(type);
  const total = (values: readonly unknown[]) => values.map(weigh).reduce(sum, 0);
  switch (variant) {
    case 'fading':
      // A key is removed after some batches without records.
      return (values, state = 0) => {
        if (values.length > 0) return 1 + ((state + total(values)) % 8);
        return state <= 1 ? undefined : state >> 1;
      };
    case 'folded':
      return (values, state = 1) =>
        values.reduce<number>((folded, value) => modulo(folded * 7 + weigh(value)), state);
    default:
      return (values, state = 0) => sum(state, total(values));
  }
}

/** A step of `mapWithState`. */
export interface MapperStep {
  /** `next`: the new state; undefined: no state. `emits`: undefined: no record. */
  readonly takes: (
    value: unknown,
    state: number | undefined,
  ) => { readonly emits?: number | undefined; readonly next: number | undefined };
  /** Returns the record of a key that times out. */
  readonly timesOut: (state: number) => number;
}

/** For `mapWithState`. */
export function mapperOf(type: RecordType, { variant }: NodeSettings): MapperStep {
  const weigh = weigher(type);
  const timesOut = (state: number): number => modulo(state * 3 + 1);
  switch (variant) {
    case 'running':
      return {
        takes: (value, state = 0) => {
          const next = sum(state, weigh(value));
          return { emits: next, next };
        },
        timesOut,
      };
    case 'removing':
      return {
        takes: (value, state = 0) => {
          const next = modulo(state * 7 + weigh(value));
          return { emits: next, next: next % 4 === 0 ? undefined : next };
        },
        timesOut,
      };
    case 'quiet':
      return { takes: (value, state = 0) => ({ next: sum(state, weigh(value)) }), timesOut };
    default:
      return {
        takes: (value, state = 0) => ({ emits: weigh(value), next: sum(state, weigh(value)) }),
        timesOut,
      };
  }
}

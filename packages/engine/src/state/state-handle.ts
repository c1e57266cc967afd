// The state of one key in the hands of a program's function. One handle serves all records of a partition in turn: it
// is only good until the function returns.
import { copyCombiner } from '../rdd/copy-combiner.ts';
import { stateError } from './state-errors.ts';

/** The state of the key at hand. */
export interface State<S> {
  /** Whether there is state: from before, or updated in this call, and not removed. */
  exists(): boolean;
  /** The state. It may be changed and given to `update`; changing it alone does nothing. @throws `MR_STATE_ABSENT`. */
  get(): S;
  /** As `get`, but undefined when there is none. */
  getOption(): S | undefined;
  /** Sets the state. @throws `MR_STATE_REMOVED`, `MR_STATE_TIMING_OUT`. */
  update(value: S): void;
  /** Removes the state. @throws `MR_STATE_REMOVED`, `MR_STATE_TIMING_OUT`. */
  remove(): void;
  /** Whether the key was idle for so long that it goes after this call, which has no value. */
  isTimingOut(): boolean;
}

/** What a call made of the state. */
export type StateOutcome = 'untouched' | 'updated' | 'removed';

/** The one implementation. */
export class StateHandle<S> implements State<S> {
  #value: S | undefined;
  #exists = false;
  #isTimingOut = false;
  #outcome: StateOutcome = 'untouched';

  /** Turns to the next key: whether it has a state, and which. */
  wrap(exists: boolean, value: S | undefined, isTimingOut = false): this {
    this.#exists = exists;
    this.#value = value;
    this.#isTimingOut = isTimingOut;
    this.#outcome = 'untouched';
    return this;
  }

  /** What has become of the state. */
  get outcome(): StateOutcome {
    return this.#outcome;
  }

  /** The state as it is now, not copied. */
  get current(): S {
    return this.#value as S;
  }

  exists(): boolean {
    return this.#exists;
  }

  get(): S {
    if (this.#exists) return copyCombiner(this.#value as S);
    throw stateError('MR_STATE_ABSENT', 'there is no state of this key; ask exists() first');
  }

  getOption(): S | undefined {
    return this.#exists ? this.get() : undefined;
  }

  update(value: S): void {
    this.#assertMayChange('update');
    this.#value = value;
    this.#exists = true;
    this.#outcome = 'updated';
  }

  remove(): void {
    this.#assertMayChange('remove');
    this.#value = undefined;
    this.#exists = false;
    this.#outcome = 'removed';
  }

  isTimingOut(): boolean {
    return this.#isTimingOut;
  }

  #assertMayChange(what: string): void {
    if (this.#isTimingOut)
      throw stateError('MR_STATE_TIMING_OUT', `${what} of a state that times out; it goes by itself`);
    if (this.#outcome === 'removed')
      throw stateError('MR_STATE_REMOVED', `${what} of a state that was removed before in the same call`);
  }
}

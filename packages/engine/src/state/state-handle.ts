// The state of one key in the hands of a program's function. A handle is good until the function returns: nothing takes over
// what is done with the handle later. Each call has a handle of its own, so that one that was kept never acts on another
// key. The new object costs some 5 ns a call. Its fields are plain, which takes a third of that off.
import { copyCombiner } from '../rdd/copy-combiner.ts';
import { stateError } from './state-errors.ts';

/**
 * The state of the key at hand, good for one call: afterwards each method throws `MR_STATE_CALL_OVER`, because what it does
 * would be lost.
 */
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

/** What a handle knows beside the value, as bits. */
const EXISTS = 1;
const UPDATED = 2;
const REMOVED = 4;
const TIMES_OUT = 8;
const OVER = 16;

/** The one implementation, for one call. */
export class StateHandle<S> implements State<S> {
  private value: S | undefined;
  private bits: number;

  /** Begins a call: whether the key has a state, and which. */
  constructor(exists: boolean, value: S | undefined, isTimingOut = false) {
    this.value = value;
    this.bits = (exists ? EXISTS : 0) | (isTimingOut ? TIMES_OUT : 0);
  }

  /** Ends the call. */
  end(): void {
    this.bits |= OVER;
  }

  /** What the call has made of the state. */
  get outcome(): StateOutcome {
    if ((this.bits & REMOVED) !== 0) return 'removed';
    return (this.bits & UPDATED) !== 0 ? 'updated' : 'untouched';
  }

  /** Whether there is state after the call. */
  get isThere(): boolean {
    return (this.bits & EXISTS) !== 0;
  }

  /** The state after the call, not copied. */
  get current(): S {
    return this.value as S;
  }

  exists(): boolean {
    if ((this.bits & OVER) !== 0) throw callOver();
    return (this.bits & EXISTS) !== 0;
  }

  get(): S {
    if (this.exists()) return copyCombiner(this.value as S);
    throw stateError('MR_STATE_ABSENT', 'there is no state of this key; ask exists() first');
  }

  getOption(): S | undefined {
    return this.exists() ? copyCombiner(this.value as S) : undefined;
  }

  update(value: S): void {
    this.#assertMayChange('update');
    this.value = value;
    this.bits |= EXISTS | UPDATED;
  }

  remove(): void {
    this.#assertMayChange('remove');
    this.value = undefined;
    this.bits = REMOVED;
  }

  isTimingOut(): boolean {
    if ((this.bits & OVER) !== 0) throw callOver();
    return (this.bits & TIMES_OUT) !== 0;
  }

  #assertMayChange(what: string): void {
    const bits = this.bits;
    if ((bits & (OVER | TIMES_OUT | REMOVED)) === 0) return;
    if ((bits & OVER) !== 0) throw callOver();
    if ((bits & TIMES_OUT) !== 0)
      throw stateError(
        'MR_STATE_TIMING_OUT',
        `${what} of a state in its time-out call; the engine removes the state after that call`,
      );
    throw stateError('MR_STATE_REMOVED', `${what} of a state after its removal in the same call`);
  }
}

function callOver(): Error {
  return stateError(
    'MR_STATE_CALL_OVER',
    'a State was used after its function call, without effect; use the State before the function returns, without waiting in between',
  );
}

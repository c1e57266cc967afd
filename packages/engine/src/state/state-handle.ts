// The state of one key in the hands of a program's function. A handle is good until the function returns: later nobody
// would take over what is done with it. A new handle for every record would cost a fifth of the time of a batch, so a
// partition has some hundreds and uses them in turn: one that was kept by mistake is found out for as many calls.
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

/** How many handles a partition has. */
const HANDLES = 256;

/** What a handle knows beside the value, as bits. */
const EXISTS = 1;
const UPDATED = 2;
const REMOVED = 4;
const TIMES_OUT = 8;
const OVER = 16;

/** The handles of one partition and batch. */
export class StateHandles<S> {
  readonly #handles: StateHandle<S>[] = [];
  #turn = 0;

  /** The handle of the next call: whether the key has a state, and which. */
  next(exists: boolean, value: S | undefined, isTimingOut = false): StateHandle<S> {
    const turn = this.#turn;
    this.#turn = (turn + 1) % HANDLES;
    return (this.#handles[turn] ??= new StateHandle<S>()).wrap(exists, value, isTimingOut);
  }
}

/** The one implementation. */
export class StateHandle<S> implements State<S> {
  #value: S | undefined;
  #bits = OVER;

  /** Begins a call: whether the key has a state, and which. */
  wrap(exists: boolean, value: S | undefined, isTimingOut = false): this {
    this.#value = value;
    this.#bits = (exists ? EXISTS : 0) | (isTimingOut ? TIMES_OUT : 0);
    return this;
  }

  /** Ends the call. */
  end(): void {
    this.#bits |= OVER;
  }

  /** What the call has made of the state. */
  get outcome(): StateOutcome {
    if ((this.#bits & REMOVED) !== 0) return 'removed';
    return (this.#bits & UPDATED) !== 0 ? 'updated' : 'untouched';
  }

  /** Whether there is state after the call. */
  get isThere(): boolean {
    return (this.#bits & EXISTS) !== 0;
  }

  /** The state after the call, not copied. */
  get current(): S {
    return this.#value as S;
  }

  exists(): boolean {
    if ((this.#bits & OVER) !== 0) throw callOver();
    return (this.#bits & EXISTS) !== 0;
  }

  get(): S {
    if (this.exists()) return copyCombiner(this.#value as S);
    throw stateError('MR_STATE_ABSENT', 'there is no state of this key; ask exists() first');
  }

  getOption(): S | undefined {
    return this.exists() ? copyCombiner(this.#value as S) : undefined;
  }

  update(value: S): void {
    this.#assertMayChange('update');
    this.#value = value;
    this.#bits |= EXISTS | UPDATED;
  }

  remove(): void {
    this.#assertMayChange('remove');
    this.#value = undefined;
    this.#bits = REMOVED;
  }

  isTimingOut(): boolean {
    if ((this.#bits & OVER) !== 0) throw callOver();
    return (this.#bits & TIMES_OUT) !== 0;
  }

  #assertMayChange(what: string): void {
    const bits = this.#bits;
    if ((bits & (OVER | TIMES_OUT | REMOVED)) === 0) return;
    if ((bits & OVER) !== 0) throw callOver();
    if ((bits & TIMES_OUT) !== 0)
      throw stateError('MR_STATE_TIMING_OUT', `${what} of a state that times out; it goes by itself`);
    throw stateError('MR_STATE_REMOVED', `${what} of a state that was removed before in the same call`);
  }
}

function callOver(): Error {
  return stateError(
    'MR_STATE_CALL_OVER',
    'a State was used after the call of the function that got it, so nothing comes of it; use it before the function returns, and wait for nothing in between',
  );
}

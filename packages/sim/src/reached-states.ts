// The states reached by parts of the engine, recorded by probes and collected by a run. A probe is a line added to the
// source at load time (`state-probes.ts`), so the states are stored on the global object; without probes the storage is
// empty.

const KEY = Symbol.for('millrace.simulation.states');

type Holder = { [KEY]?: Set<string> };

/** The text of an expression that records a state, for a probe. */
export function noteState(name: string): string {
  return `globalThis[Symbol.for('millrace.simulation.states')]?.add(${JSON.stringify(name)})`;
}

/** Starts collecting. */
export function collectStates(): void {
  (globalThis as Holder)[KEY] = new Set();
}

/** Passes on the states recorded since the last call. */
export function takeStates(take: (name: string) => void): void {
  const states = (globalThis as Holder)[KEY];
  if (states === undefined) return;
  for (const state of states) take(state);
  states.clear();
}

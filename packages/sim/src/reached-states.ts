// Where probes leave the states that parts of the engine come into, and where a run picks them up. A probe is a line put
// into the source while it is loaded (`state-probes.ts`), so this stands on the global object; without probes it is empty.

const KEY = Symbol.for('millrace.simulation.states');

type Holder = { [KEY]?: Set<string> };

/** The text of an expression that notes a state, for a probe. */
export function noteState(name: string): string {
  return `globalThis[Symbol.for('millrace.simulation.states')]?.add(${JSON.stringify(name)})`;
}

/** Begins to collect. */
export function collectStates(): void {
  (globalThis as Holder)[KEY] = new Set();
}

/** Hands over what was noted since the last time. */
export function takeStates(take: (name: string) => void): void {
  const states = (globalThis as Holder)[KEY];
  if (states === undefined) return;
  for (const state of states) take(state);
  states.clear();
}

// The registry of running actions. A task message says "action `collect` on RDD x"; the executor finds the action
// here. An action is registered while its job runs: a task that arrives later finds no action and does nothing.
import type { Action } from './action.ts';

type AnyAction = Action<unknown, unknown, unknown>;

/** Names actions on RDDs: `collect`, `collect#1`, … by the order of their calls. */
export class ActionRegistry {
  readonly #byRdd = new Map<string, Map<string, AnyAction>>();

  /** Registers an action. @returns the name, and a function that removes the action. */
  add<T, P, R>(rddId: string, action: Action<T, P, R>): { readonly name: string; remove(): void } {
    let actions = this.#byRdd.get(rddId);
    if (actions === undefined) this.#byRdd.set(rddId, (actions = new Map()));
    let name = action.name;
    for (let number = 1; actions.has(name); number++) name = `${action.name}#${number}`;
    // The types of an action fit the types of the RDD under whose id the action is found again.
    actions.set(name, action);
    return { name, remove: () => this.#remove(rddId, name) };
  }

  /** The action of this name. */
  find(rddId: string, name: string): AnyAction | undefined {
    return this.#byRdd.get(rddId)?.get(name);
  }

  #remove(rddId: string, name: string): void {
    const actions = this.#byRdd.get(rddId);
    actions?.delete(name);
    if (actions?.size === 0) this.#byRdd.delete(rddId);
  }
}

// Separates the work of a receiver from all other work in the process: all work started by a receiver carries a mark
// through promises, sockets and timers. The mark shows the kit every use of the machine's time or randomness by a
// receiver. The stack shows whose code it is: clients of real protocols measure and pace their connections by the machine's
// clock, and only the code of the receiver's own package can be asked to take the clock of the context.
import { AsyncLocalStorage } from 'node:async_hooks';
import { callerWithin } from './caller-within.ts';

const mark = new AsyncLocalStorage<true>();

/** Calls a function of a receiver with the mark. */
export function asReceiver<T>(call: () => T): T {
  return mark.run(true, call);
}

/**
 * Watches for uses of the machine's time and randomness by the own code of receivers. Only one watch may run at a time.
 */
export class MachineWatch {
  readonly #folder: string;
  readonly #uses = new Set<string>();
  readonly #restore: (() => void)[] = [];

  /** @param folder The folder of the receiver's package. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts the watch. */
  start(): void {
    this.#watch(Date, 'now', 'Date.now');
    this.#watch(Math, 'random', 'Math.random');
    this.#watch(globalThis.performance, 'now', 'performance.now');
    this.#watch(globalThis, 'setTimeout', 'setTimeout');
    this.#watch(globalThis, 'setInterval', 'setInterval');
  }

  /** Ends the watch and returns the uses, each with its place. */
  stop(): readonly string[] {
    for (const restore of this.#restore.splice(0)) restore();
    return [...this.#uses];
  }

  #watch(owner: object, name: string, shown: string): void {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== 'function') return;
    const own = Object.getOwnPropertyDescriptor(owner, name);
    const watched = (...args: unknown[]): unknown => {
      const place = mark.getStore() === true ? callerWithin(this.#folder, watched) : undefined;
      if (place !== undefined) this.#uses.add(`${shown} at ${place}`);
      return Reflect.apply(original, owner, args);
    };
    Object.defineProperty(owner, name, {
      value: Object.assign(watched, original),
      configurable: true,
      writable: true,
    });
    this.#restore.push(() => {
      if (own === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, own);
    });
  }
}

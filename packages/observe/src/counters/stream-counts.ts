// Amounts by stream or operator, for a bounded number of names: late records, watermarks, keys of states.
import { cutName } from '../text/cut-text.ts';

/** Names that are tracked one by one. */
const NAMES_MAX = 100;
/** The name of all further names. */
const OTHER = 'other';

/** Values by name. Names beyond the first 100 share the name `other`. */
export class NamedValues<T> {
  readonly #values = new Map<string, T>();

  /** Renews the value of a name. */
  update(name: string, renew: (before: T | undefined) => T): void {
    const short = cutName(name);
    const key = this.#values.has(short) || this.#values.size < NAMES_MAX ? short : OTHER;
    this.#values.set(key, renew(this.#values.get(key)));
  }

  entries(): readonly (readonly [string, T])[] {
    return [...this.#values];
  }
}

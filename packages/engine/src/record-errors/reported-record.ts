// A record that goes on although a dead letter reports the record: nothing is wrong with the function, and later operators
// know what to do with the record. A function throws the mark, and the guard of the loop catches the mark; the mark costs
// nothing as long as it is not thrown.

/** Thrown by the function of an operator whose reaction is `dead-letter`, and never visible outside its loop. */
export class ReportedRecord extends Error {
  /** Also the mark of the class: `instanceof` would call into a thrown proxy. */
  readonly #result: unknown;
  /** The reason in the dead letter. */
  readonly error: Error;

  constructor(result: unknown, error: Error) {
    super('a record goes on and is reported');
    this.#result = result;
    this.error = error;
  }

  /** True for a reported record among all thrown values. */
  static is(thrown: unknown): thrown is ReportedRecord {
    return typeof thrown === 'object' && thrown !== null && #result in thrown;
  }

  /** The result of the function for the record. */
  get result(): unknown {
    return this.#result;
  }
}

// The epochs of drivers, as executors hear of them: each driver has one, and it is above those of all before it. Else an
// executor cannot tell which of two drivers is in charge.

/** What is watched. */
export interface DriverEpochsDeps {
  /** Whether anything is kept from driver to driver: else every one is the first. */
  readonly isKept: boolean;
  readonly violated: (promise: string, what: string) => void;
}

/** See the header of this file. */
export class DriverEpochs {
  readonly #deps: DriverEpochsDeps;
  readonly #epochs = new Map<string, number>();

  constructor(deps: DriverEpochsDeps) {
    this.#deps = deps;
  }

  /** A driver has said its epoch. */
  note(driver: string, epoch: number): void {
    const { isKept, violated } = this.#deps;
    const before = this.#epochs.get(driver);
    if (before === epoch || !isKept) return;
    if (before !== undefined) return violated('epochs', `${driver} was epoch ${before} and is now ${epoch}`);
    for (const [other, others] of this.#epochs) {
      if (others >= epoch) return violated('epochs', `${driver} has epoch ${epoch}, ${other} had ${others}`);
    }
    this.#epochs.set(driver, epoch);
  }
}

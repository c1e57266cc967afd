// The epochs of drivers, as received by executors. Each driver has one epoch, higher than all earlier epochs; otherwise
// an executor could not tell which of two drivers is in charge.

/** Dependencies of the check. */
export interface DriverEpochsDeps {
  /** True when any data is kept from driver to driver; otherwise every driver is the first. */
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

  /** Records the epoch stated by a driver. */
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

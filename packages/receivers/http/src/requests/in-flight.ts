// What is on its way through the receiver, and how much of it there may be. A request gets a passage before its body is
// read. It counts as a request until its outcome is known, with the memory that its body and its parsed records take until
// they are stored, and with its records until they are acknowledged. What does not fit is refused, so that it waits at the client and not here.
import { httpError } from '../http-errors.ts';
import type { HttpSettings } from '../http-settings.ts';

/** The bounds on what is in flight. */
export type InFlightBounds = Pick<
  HttpSettings,
  'maxConcurrentRequests' | 'maxBytesInFlight' | 'maxRecordsInFlight'
>;

/** Counts everything that is in flight in one receiver. */
export class InFlight {
  readonly #bounds: InFlightBounds;
  #requests = 0;
  #bytes = 0;
  #records = 0;

  constructor(bounds: InFlightBounds) {
    this.#bounds = bounds;
  }

  /** How many requests have a passage. */
  get requests(): number {
    return this.#requests;
  }

  /** Bytes of memory that is held for requests that are not stored. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Records that are not acknowledged. */
  get records(): number {
    return this.#records;
  }

  /**
   * Lets a request in. The bytes it announces must fit now, but only what comes is counted: whoever announces much and
   * sends nothing takes no room from others.
   *
   * @throws `MR_HTTP_BUSY`.
   */
  enter(announcedBytes: number): Passage {
    const { maxConcurrentRequests, maxBytesInFlight } = this.#bounds;
    if (this.#requests >= maxConcurrentRequests) throw busy('requests', maxConcurrentRequests);
    if (this.#bytes + announcedBytes > maxBytesInFlight) throw busy('bytes', maxBytesInFlight);
    this.#requests += 1;
    return new Passage(
      (bytes, heldBytes) => this.#addBytes(bytes, heldBytes),
      (records) => this.#addRecords(records),
      () => (this.#requests -= 1),
    );
  }

  /** A request that does not fit although it is alone never will: it is too large, and not early. */
  #addBytes(bytes: number, heldBytes: number): void {
    const { maxBytesInFlight } = this.#bounds;
    if (bytes > 0 && heldBytes + bytes > maxBytesInFlight) throw tooLarge(maxBytesInFlight);
    if (bytes > 0 && this.#bytes + bytes > maxBytesInFlight) throw busy('bytes', maxBytesInFlight);
    this.#bytes += bytes;
  }

  #addRecords(records: number): void {
    const { maxRecordsInFlight } = this.#bounds;
    if (records > 0 && this.#records + records > maxRecordsInFlight)
      throw busy('records', maxRecordsInFlight);
    this.#records += records;
  }
}

/** What one request takes of the bounds. */
export class Passage {
  readonly #addBytes: (bytes: number, heldBytes: number) => void;
  readonly #addRecords: (records: number) => void;
  readonly #leave: () => void;
  #bytes = 0;
  #records = 0;
  #hasLeft = false;

  constructor(
    addBytes: (bytes: number, heldBytes: number) => void,
    addRecords: (records: number) => void,
    leave: () => void,
  ) {
    this.#addBytes = addBytes;
    this.#addRecords = addRecords;
    this.#leave = leave;
  }

  /**
   * Counts memory that is taken, and below 0 given back. May come after the request has left: nothing is counted then.
   *
   * @throws `MR_HTTP_BUSY` and `MR_HTTP_BODY_TOO_LARGE`; the bytes are then not counted.
   */
  addBytes(bytes: number): void {
    if (this.#hasLeft) return;
    const counted = Math.max(bytes, -this.#bytes);
    this.#addBytes(counted, this.#bytes);
    this.#bytes += counted;
  }

  /** Counts records. @throws `MR_HTTP_BUSY`; they are then not counted. */
  addRecords(records: number): void {
    this.#addRecords(records);
    this.#records += records;
  }

  /** The body is stored, or of no use: its bytes are free. */
  releaseBytes(): void {
    this.#addBytes(-this.#bytes, this.#bytes);
    this.#bytes = 0;
  }

  /** The outcome is known. May be repeated. */
  leave(): void {
    if (this.#hasLeft) return;
    this.releaseBytes();
    this.#hasLeft = true;
    this.#addRecords(-this.#records);
    this.#leave();
  }
}

function busy(what: string, bound: number): Error {
  const message = `expected fewer than ${bound} ${what} in flight; send the request again later`;
  return httpError('MR_HTTP_BUSY', message, { details: { what, bound } });
}

function tooLarge(maxBytesInFlight: number): Error {
  const message =
    `expected a request that takes at most ${maxBytesInFlight} bytes of memory (maxBytesInFlight), its body and its ` +
    'parsed records together; send it in smaller pieces';
  return httpError('MR_HTTP_BODY_TOO_LARGE', message, { details: { maxBytesInFlight } });
}

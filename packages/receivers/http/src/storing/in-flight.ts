// Bounds on requests in flight. A request gets a passage before its body is read. The request counts until its outcome is
// known, its memory (body and parsed records) until it is stored, and its records until they are acknowledged. A request that
// does not fit is refused, so that it waits at the client. A slow body gives way when a bound is reached: a client that begins
// many bodies and finishes none does not shut out other clients.
import type { Clock } from '@millrace/core';
import { httpError } from '../http-errors.ts';
import type { HttpSettings } from '../http-settings.ts';

/** Bounds on requests in flight. */
export type InFlightBounds = Pick<
  HttpSettings,
  'maxConcurrentRequests' | 'maxBytesInFlight' | 'maxRecordsInFlight'
>;

/** Age from which an unfinished body gives way to another request, in milliseconds. */
const GIVES_WAY_MS = 5_000;

/** Counts everything that is in flight in one receiver. */
export class InFlight {
  readonly #bounds: InFlightBounds;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** Requests with an unfinished body and the start of each, the oldest first. */
  readonly #reading = new Map<Passage, number>();
  #requests = 0;
  #bytes = 0;
  #records = 0;

  constructor(bounds: InFlightBounds, clock: Pick<Clock, 'monotonicMs'>) {
    this.#bounds = bounds;
    this.#clock = clock;
  }

  /** Number of requests with a passage. */
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
   * Admits a request. The announced bytes must fit now, but only received bytes count: an announcement alone takes no
   * room.
   *
   * @param onGiveWay Called with the refusal when the body has to give way. The passage has left by then.
   * @throws `MR_HTTP_BUSY`.
   */
  enter(announcedBytes: number, onGiveWay: (error: Error) => void = () => undefined): Passage {
    const { maxConcurrentRequests, maxBytesInFlight } = this.#bounds;
    if (!this.#makeRoom(() => this.#requests < maxConcurrentRequests)) {
      throw busy('requests', maxConcurrentRequests);
    }
    if (!this.#makeRoom(() => this.#bytes + announcedBytes <= maxBytesInFlight)) {
      throw busy('bytes', maxBytesInFlight);
    }
    this.#requests += 1;
    const passage = new Passage({
      addBytes: (bytes) => this.#addBytes(bytes, passage),
      addRecords: (records) => this.#addRecords(records),
      endReading: () => this.#reading.delete(passage),
      leave: () => (this.#requests -= 1),
      giveWay: () => onGiveWay(slow()),
    });
    this.#reading.set(passage, this.#clock.monotonicMs());
    return passage;
  }

  /** Lets slow bodies give way until there is room. Returns false without room. */
  #makeRoom(hasRoom: () => boolean, asking?: Passage): boolean {
    if (hasRoom()) return true;
    const slowSinceMs = this.#clock.monotonicMs() - GIVES_WAY_MS;
    for (const [passage, sinceMs] of this.#reading) {
      if (sinceMs > slowSinceMs) return false;
      if (passage !== asking) passage.giveWay();
      if (hasRoom()) return true;
    }
    return false;
  }

  /** Refuses a request that would not even fit alone as too large, since sending again would not help. */
  #addBytes(bytes: number, passage: Passage): void {
    const { maxBytesInFlight } = this.#bounds;
    if (bytes > 0) {
      if (passage.bytes + bytes > maxBytesInFlight) throw tooLarge(maxBytesInFlight);
      if (!this.#makeRoom(() => this.#bytes + bytes <= maxBytesInFlight, passage)) {
        throw busy('bytes', maxBytesInFlight);
      }
    }
    this.#bytes += bytes;
  }

  #addRecords(records: number): void {
    const { maxRecordsInFlight } = this.#bounds;
    if (records > 0 && this.#records + records > maxRecordsInFlight)
      throw busy('records', maxRecordsInFlight);
    this.#records += records;
  }
}

/** Effects of a `Passage` on the bounds. */
interface PassageDeps {
  readonly addBytes: (bytes: number) => void;
  readonly addRecords: (records: number) => void;
  readonly endReading: () => void;
  readonly leave: () => void;
  readonly giveWay: () => void;
}

/** The share of one request in the bounds. */
export class Passage {
  readonly #deps: PassageDeps;
  #bytes = 0;
  #records = 0;
  #hasLeft = false;

  constructor(deps: PassageDeps) {
    this.#deps = deps;
  }

  /** Memory held for the request, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Counts memory: above 0 taken, below 0 given back. Has no effect after the request has left.
   *
   * @throws `MR_HTTP_BUSY` and `MR_HTTP_BODY_TOO_LARGE`; the bytes are then not counted.
   */
  addBytes(bytes: number): void {
    if (this.#hasLeft) return;
    const counted = Math.max(bytes, -this.#bytes);
    this.#deps.addBytes(counted);
    this.#bytes += counted;
  }

  /** Counts records. @throws `MR_HTTP_BUSY`; the records are then not counted. */
  addRecords(records: number): void {
    this.#deps.addRecords(records);
    this.#records += records;
  }

  /** The body is complete and gives way no more. */
  endReading(): void {
    this.#deps.endReading();
  }

  /** Releases all memory, because the records are stored or the body has no use any more. */
  releaseBytes(): void {
    this.#deps.addBytes(-this.#bytes);
    this.#bytes = 0;
  }

  /** Leaves in favour of another request and reports the refusal. */
  giveWay(): void {
    this.leave();
    this.#deps.giveWay();
  }

  /** The outcome is known. May be repeated. */
  leave(): void {
    if (this.#hasLeft) return;
    this.endReading();
    this.releaseBytes();
    this.#hasLeft = true;
    this.#deps.addRecords(-this.#records);
    this.#deps.leave();
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

function slow(): Error {
  const message = `expected the body within ${GIVES_WAY_MS} ms while other requests wait for room; send the request again later`;
  return httpError('MR_HTTP_BUSY', message);
}

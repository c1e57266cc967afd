// The segments of an open log, shared by its writer, its readers and its clean-up. The writer adds and extends, the
// clean-up removes, readers take what is there at that moment.
import type { LogSegment } from './segment-chain.ts';
import type { SegmentContent } from './segment-writer.ts';

/** The segments of one open log. */
export class SegmentCatalog {
  /** By number, rising. */
  readonly #segments: LogSegment[];
  readonly #foundUpTo: number;

  /** @param segments What recovery found, by number, rising. */
  constructor(segments: readonly LogSegment[]) {
    this.#segments = [...segments];
    this.#foundUpTo = segments.at(-1)?.number ?? 0;
  }

  /** A snapshot, by number, rising. */
  all(): readonly LogSegment[] {
    return [...this.#segments];
  }

  /** The segment with the highest number. */
  newest(): LogSegment | undefined {
    return this.#segments.at(-1);
  }

  /** Whether the segment is there. */
  has(number: number): boolean {
    return this.#segments.some((segment) => segment.number === number);
  }

  /** Whether recovery found it: nobody knows what failed while it was written. */
  wasFound(number: number): boolean {
    return number <= this.#foundUpTo;
  }

  /** A number that no segment had in this life of the log, and that none has which is there. */
  add(segment: LogSegment): void {
    this.#segments.push(segment);
  }

  /** The newest segment holds more now. */
  extend(content: SegmentContent): void {
    const last = this.#segments.length - 1;
    const segment = this.#segments[last];
    if (segment === undefined || segment.number !== content.number) {
      throw new TypeError(`only the newest segment is written, and segment ${content.number} is not`);
    }
    const { endBytes, newestMs } = content;
    this.#segments[last] = {
      ...segment,
      endBytes,
      newestMs,
      sizeBytes: Math.max(segment.sizeBytes, endBytes),
    };
  }

  /** What is behind the newest segment's end could not be cut off: a refused group, or old bytes of a reused file. */
  markUncut(number: number): void {
    const last = this.#segments.length - 1;
    const segment = this.#segments[last];
    if (segment?.number === number)
      this.#segments[last] = { ...segment, sizeBytes: Number.POSITIVE_INFINITY };
  }

  /** It is gone. */
  remove(number: number): void {
    const index = this.#segments.findIndex((segment) => segment.number === number);
    if (index >= 0) this.#segments.splice(index, 1);
  }
}

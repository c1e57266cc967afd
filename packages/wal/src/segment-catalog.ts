// The segments of an open log, shared by its writer, its readers and its clean-up. The writer adds and extends, the
// clean-up removes, readers take what is there at that moment.
import type { LogSegment } from './segment-chain.ts';
import type { SegmentContent } from './segment-writer.ts';

/** The segments of one open log. */
export class SegmentCatalog {
  /** By number, rising. */
  readonly #segments: LogSegment[];

  /** @param segments What recovery found, by number, rising. */
  constructor(segments: readonly LogSegment[]) {
    this.#segments = [...segments];
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

  /** A group was refused and could not be cut off: there may be bytes behind the newest segment's end. */
  markRefused(number: number): void {
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

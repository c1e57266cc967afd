// The segments of an open log, shared by writer, readers and clean-up. The writer adds and extends, the clean-up
// removes, readers use the segments of the moment.
import type { LogSegment } from './segment-chain.ts';
import type { SegmentContent } from './segment-writer.ts';

/** The segments of one open log. */
export class SegmentCatalog {
  /** By number, rising. */
  readonly #segments: LogSegment[];
  readonly #foundUpTo: number;

  /** @param segments The result of recovery, by number, rising. */
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

  /** True when the segment exists. */
  has(number: number): boolean {
    return this.#segments.some((segment) => segment.number === number);
  }

  /** True for a segment found by recovery: failures during its writing are unknown. */
  wasFound(number: number): boolean {
    return number <= this.#foundUpTo;
  }

  /** Adds a segment with an unused number. */
  add(segment: LogSegment): void {
    this.#segments.push(segment);
  }

  /** Records new content of the newest segment. */
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

  /** The bytes behind the newest segment's end could not be cut off: a refused group, or old bytes of a reused file. */
  markUncut(number: number): void {
    const last = this.#segments.length - 1;
    const segment = this.#segments[last];
    if (segment?.number === number)
      this.#segments[last] = { ...segment, sizeBytes: Number.POSITIVE_INFINITY };
  }

  /** The segment is gone. */
  remove(number: number): void {
    const index = this.#segments.findIndex((segment) => segment.number === number);
    if (index >= 0) this.#segments.splice(index, 1);
  }
}

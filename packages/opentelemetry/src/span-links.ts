// The links of one batch: a bounded number, each trace and span once.
import type { Link } from '@opentelemetry/api';
import { linkTo } from './trace-source.ts';

/** For each link, this many sources may be looked at: a batch has many records of one request. */
const SOURCES_PER_LINK = 10;

/** Collects the links of one batch. */
export class SpanLinks {
  readonly #max: number;
  readonly #known = new Set<string>();
  #looked = 0;

  /** @param max The largest number of links. */
  constructor(max: number) {
    this.#max = max;
  }

  /** False from the moment at which no further source is looked at. */
  get hasRoom(): boolean {
    return this.#known.size < this.#max && this.#looked < this.#max * SOURCES_PER_LINK;
  }

  /** The link to a trace; undefined when there is no room, for a link that the batch has, and without a valid trace. */
  take(source: unknown): Link | undefined {
    if (!this.hasRoom) return undefined;
    this.#looked += 1;
    const link = linkTo(source);
    if (link === undefined) return undefined;
    const name = `${link.context.traceId}-${link.context.spanId}`;
    if (this.#known.has(name)) return undefined;
    this.#known.add(name);
    return link;
  }

  /** The links to some traces, in order; reads no further than there is room. */
  takeAll(sources: Iterable<unknown>): readonly Link[] {
    const links: Link[] = [];
    if (!this.hasRoom) return links;
    for (const source of sources) {
      const link = this.take(source);
      if (link !== undefined) links.push(link);
      if (!this.hasRoom) break;
    }
    return links;
  }
}

// Decides the treatment of each parsed record: its receiver, its event time, and whether the event time is before the
// start. Pure, so that tests can show that receivers of one file divide the file exactly.
import { recordProblem } from '@millrace/core/engine';
import type { ParsedItem, RecordPosition, ReplayRecord } from './parsing/record-parser.ts';
import { parseTimestamp, type TimestampFormat } from './timestamps.ts';

/** A share of the file: record i belongs to the receiver with index i modulo `of`. */
export interface ReplayPartition {
  readonly index: number;
  readonly of: number;
}

/** A record of this receiver with its event time, in milliseconds since the epoch. */
export interface TimedRecord {
  readonly eventMs: number;
  readonly record: ReplayRecord;
  /** The index among all records of the file, from 0. */
  readonly index: number;
}

/** A record of this receiver that cannot be replayed. */
export interface MalformedRecord {
  readonly position: RecordPosition;
  readonly problem: string;
}

/** The parameters of the selection. */
export interface SelectorOptions {
  /** The name of the field with the event time. */
  readonly timestamp: string;
  readonly timestampFormat: TimestampFormat;
  readonly partition?: ReplayPartition | undefined;
  /** Records of an earlier event time are skipped, in milliseconds since the epoch. */
  readonly startAtMs?: number | undefined;
}

/** Selects among the records of a file one after the other. */
export class RecordSelector {
  readonly #options: SelectorOptions;
  #firstEventMs: number | undefined;
  #leastEventMs = Infinity;
  #passedOver = 0;

  constructor(options: SelectorOptions) {
    this.#options = options;
  }

  /** The event time of the first readable record, of any receiver. */
  get firstEventMs(): number | undefined {
    return this.#firstEventMs;
  }

  /** The smallest event time so far, of any receiver; infinity before the first. */
  get leastEventMs(): number {
    return this.#leastEventMs;
  }

  /** The number of this receiver's records older than `startAtMs`. */
  get passedOver(): number {
    return this.#passedOver;
  }

  /**
   * The record with its time, or the reason why the record is malformed, or undefined for a record of another receiver.
   */
  select(item: Exclude<ParsedItem, { kind: 'unreadable' }>): TimedRecord | MalformedRecord | undefined {
    if (item.kind === 'malformed') return this.#isOurs(item.position) ? item : undefined;
    const { position, record } = item;
    const problem = recordProblem(record);
    if (problem !== undefined) return this.#isOurs(position) ? { position, problem } : undefined;
    const eventMs = parseTimestamp(record[this.#options.timestamp], this.#options.timestampFormat);
    if (eventMs === undefined) {
      return this.#isOurs(position) ? { position, problem: this.#timestampProblem(record) } : undefined;
    }
    this.#firstEventMs ??= eventMs;
    this.#leastEventMs = Math.min(this.#leastEventMs, eventMs);
    if (!this.#isOurs(position)) return undefined;
    if (eventMs >= (this.#options.startAtMs ?? -Infinity)) return { eventMs, record, index: position.index };
    this.#passedOver += 1;
    return undefined;
  }

  #isOurs(position: RecordPosition): boolean {
    const { partition } = this.#options;
    return partition === undefined || position.index % partition.of === partition.index;
  }

  #timestampProblem(record: ReplayRecord): string {
    const { timestamp, timestampFormat } = this.#options;
    if (!Object.hasOwn(record, timestamp)) return `expected a field '${timestamp}', found none`;
    const value = String(record[timestamp]).slice(0, 40);
    return `expected a timestamp (${timestampFormat}) in '${timestamp}', got '${value}'`;
  }
}

/** Distinguishes the two outcomes of `select`. */
export function isMalformed(selected: TimedRecord | MalformedRecord): selected is MalformedRecord {
  return 'problem' in selected;
}

// The reading of a partition: answers come in, records go out. The next answer is asked for while the records of the last one
// are stored, so at most two answers are held:
//
//   fetch(0) ─► answer ─┬─ fetch(next) ─► answer …
//                       └─ store, store, … ─false─► await ready() ─► store …
import type { ReceiverContext } from '@millrace/core';
import { hasRoom, type MalformedReaction, MalformedValue } from '@millrace/core/engine';
import type { KafkaRecord } from '@platformatic/kafka';
import { leaveMessageOut } from '../decoding/malformed.ts';
import type { DecodeMessage, MessagePlace } from '../decoding/message-decoder.ts';
import { DeliveredRecords } from '../fetching/delivered-records.ts';
import type { PartitionAnswer } from './partition-source.ts';
import type { KafkaPosition, KafkaRun } from './kafka-position.ts';

/** Collaborators of a `PartitionReading`. */
export interface PartitionReadingDeps {
  readonly context: ReceiverContext<unknown>;
  readonly source: { fetch(offset: number): Promise<PartitionAnswer | undefined> };
  readonly decode: DecodeMessage;
  readonly malformed: MalformedReaction;
  readonly place: MessagePlace;
  readonly run: KafkaRun;
  /** The offset of the first wanted record. */
  readonly from: number;
}

/** Reads one partition from an offset on. */
export class PartitionReading {
  readonly #deps: PartitionReadingDeps;
  #stored: number;

  constructor(deps: PartitionReadingDeps) {
    this.#deps = deps;
    this.#stored = deps.from;
  }

  /** The offset behind the last record that was stored or left out. */
  get next(): number {
    return this.#stored;
  }

  /**
   * Reads until the signal of the context is aborted, or until a malformed message ends the receiver.
   *
   * @throws errors of the source.
   */
  async read(): Promise<void> {
    const { source, context, from } = this.#deps;
    let next = from;
    let asked = source.fetch(next);
    while (!context.signal.aborted) {
      const answer = await asked;
      if (context.signal.aborted) return;
      next = answer?.next ?? next;
      asked = source.fetch(next);
      // The failure is told when the answer is awaited, or of no interest after the end.
      asked.catch(() => undefined);
      if (answer !== undefined && !(await this.#store(answer))) return;
    }
  }

  /** False when the receiver ends. */
  async #store(answer: PartitionAnswer): Promise<boolean> {
    const { context, decode, malformed, place, run } = this.#deps;
    const records = new DeliveredRecords(answer, this.#stored);
    const timeOf = (message: KafkaRecord): number => records.timestampMs(message);
    for (let message = records.next(); message !== undefined; message = records.next()) {
      const { offset } = records;
      const value = decode(message, offset, timeOf);
      if (value instanceof MalformedValue) {
        if (!leaveMessageOut(malformed, value, { ...place, offset })) return false;
      } else if (!context.store(value, { offset, run } satisfies KafkaPosition, message.length)) {
        if (!(await hasRoom(context))) return false;
      }
      this.#stored = offset + 1;
    }
    this.#stored = answer.next;
    return true;
  }
}

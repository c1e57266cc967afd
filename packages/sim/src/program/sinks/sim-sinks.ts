// The sinks of a world over all lives of its processes, with the required content of each destination. An acknowledged
// write stays present, a visible partition is complete and never changes, and at the end the ledger receives the
// content.
//
// A batch that runs again with another number of partitions is refused. An operator then follows the advice of the
// sinks: stops the application, removes the output of the batch, and starts the application again.
import { isMillraceError, type RandomSource, type SinkWrite } from '@millrace/core';
import type { Coverage } from '../../coverage.ts';
import type { Ledger } from '../../ledger.ts';
import { outputName } from '../output-records.ts';
import { isSinkKind, type ProgramOutput, type ProgramPlan, type SinkDeath } from '../program-plan.ts';
import { shapesOf } from '../shapes-of.ts';
import type { SimDisk } from '../../sim-disk.ts';
import { FilesPlace } from './files-place.ts';
import { SqlitePlace } from './sqlite-place.ts';
import type { SinkPlace } from './sink-place.ts';
import { ofKey, type PartitionKey, partitionKey, type Partitions } from './sink-row.ts';

/** The parts of a world that its sinks need. */
export interface SimSinksSetup {
  readonly disk: SimDisk;
  readonly random: RandomSource;
  readonly coverage: Coverage;
  readonly ledger: Ledger;
  readonly violated: (promise: string, what: string) => void;
}

interface Watched {
  readonly place: SinkPlace;
  /** The endings planned for writes of this sink. */
  readonly deaths: SinkDeath[];
  /** Steps until the first ending. */
  stepsLeft: number;
  /** The number of pending writes. */
  writes: number;
  /** The acknowledged writes: the texts of each partition, sorted. */
  readonly acknowledged: Map<PartitionKey, readonly string[]>;
  /** The content at the last check. */
  seen: Partitions;
}

/** See the header of this file. */
export class SimSinks {
  readonly #setup: SimSinksSetup;
  readonly #watched = new Map<number, Watched>();
  /** Batches refused in this life of the driver, by output. */
  #refused = new Map<number, Set<number>>();
  /** Called when a batch is refused because of another number of partitions. */
  onRepartitioned: () => void = () => undefined;
  /** Called with a due ending. */
  onDeath: (death: SinkDeath) => void = () => undefined;

  constructor(setup: SimSinksSetup) {
    this.#setup = setup;
  }

  /** The destination of an output. */
  placeOf(output: ProgramOutput): SinkPlace {
    return this.#watchedOf(output).place;
  }

  /** Lets a sink write a partition, and records the result of the write. */
  async write(
    output: ProgramOutput,
    write: SinkWrite,
    { texts, effect }: { readonly texts: readonly string[]; readonly effect: () => Promise<void> },
  ): Promise<void> {
    const watched = this.#watchedOf(output);
    watched.writes += 1;
    try {
      await effect();
    } catch (error) {
      if (isMillraceError(error, 'MR_SINK_REPARTITIONED')) this.#refuse(output, write);
      throw error;
    } finally {
      watched.writes = Math.max(0, watched.writes - 1);
    }
    watched.acknowledged.set(partitionKey(write.batchTime, write.partition), texts.toSorted());
  }

  /** Counts a step of a process at its border. */
  step(): void {
    for (const watched of this.#watched.values()) {
      const [death] = watched.deaths;
      if (watched.writes === 0 || death === undefined) continue;
      watched.stepsLeft -= 1;
      if (watched.stepsLeft > 0) continue;
      watched.deaths.shift();
      watched.stepsLeft = watched.deaths[0]?.afterSteps ?? 0;
      this.onDeath(death);
    }
  }

  /** A driver begins. All destinations are checked first. */
  driverBegins(): void {
    // Writes of dead processes end without an answer.
    for (const watched of this.#watched.values()) watched.writes = 0;
    this.#refused = new Map();
    this.#look();
  }

  /** Removes the output of refused batches. No process of the application runs. */
  async removeRefused(): Promise<void> {
    for (const [id, batches] of this.#refused) {
      const watched = this.#watched.get(id);
      if (watched === undefined) continue;
      for (const batchTime of batches) {
        await watched.place.remove(batchTime);
        this.#setup.ledger.removedByOperator(outputName(id), batchTime);
      }
      const isKept = ([key]: readonly [PartitionKey, unknown]) => !batches.has(ofKey(key)[0]);
      for (const key of [...watched.acknowledged.keys()].filter((one) => batches.has(ofKey(one)[0])))
        watched.acknowledged.delete(key);
      watched.seen = new Map([...watched.seen].filter(isKept));
    }
    this.#refused = new Map();
  }

  /** All writes have ended: the destinations are checked, and their content goes to the ledger. */
  async finish(program: ProgramPlan): Promise<void> {
    this.#look();
    const shapes = shapesOf(program);
    for (const output of program.outputs) {
      if (!isSinkKind(output.kind)) continue;
      const { place, seen } = this.#watchedOf(output);
      await place.checkAtRest((what) => this.#complain(output.id, what));
      const isOrdered = shapes.get(output.from)?.isOrdered === true;
      // In a skipped batch, some partitions may be missing.
      const whole = [...batchesOf(seen)].filter(([batchTime]) => !this.#setup.ledger.isSkipped(batchTime));
      for (const [batchTime, texts] of whole)
        this.#setup.ledger.writeAnyOrder(
          outputName(output.id),
          batchTime,
          isOrdered ? texts : texts.toSorted(),
        );
    }
  }

  /** Releases the resources of the real machine. */
  close(): void {
    for (const { place } of this.#watched.values()) place.close();
  }

  #watchedOf(output: ProgramOutput): Watched {
    let watched = this.#watched.get(output.id);
    if (watched === undefined) {
      const deaths = [...(output.sink?.deaths ?? [])];
      watched = {
        place: this.#newPlace(output),
        deaths,
        stepsLeft: deaths[0]?.afterSteps ?? 0,
        writes: 0,
        acknowledged: new Map(),
        seen: new Map(),
      };
      this.#watched.set(output.id, watched);
    }
    return watched;
  }

  #newPlace({ id, kind, sink = {} }: ProgramOutput): SinkPlace {
    const { disk, random, coverage } = this.#setup;
    return kind === 'sqliteSink'
      ? new SqlitePlace({ settings: sink, random, coverage })
      : new FilesPlace(disk, id, sink);
  }

  #refuse({ id }: ProgramOutput, { batchTime }: SinkWrite): void {
    const batches = this.#refused.get(id) ?? new Set();
    this.#refused.set(id, batches.add(batchTime));
    this.onRepartitioned();
  }

  #look(): void {
    for (const [id, watched] of this.#watched) {
      const complain = (what: string) => this.#complain(id, what);
      const now = watched.place.look(complain);
      for (const [key, texts] of watched.seen) {
        const after = now.get(key);
        if (after !== undefined && !isSame(texts, after))
          complain(`partition ${key} was ${short(texts)} and is now ${short(after)}`);
      }
      for (const [key, texts] of watched.acknowledged) {
        const there = now.get(key)?.toSorted() ?? [];
        if (!isSame(there, texts))
          complain(
            `partition ${key} was acknowledged with ${short(texts)}, the destination has ${short(there)}`,
          );
      }
      watched.seen = now;
    }
  }

  #complain(id: number, what: string): void {
    this.#setup.violated('sinks', `${outputName(id)}: ${what}`);
  }
}

/** The records of each batch, partition by partition. */
function batchesOf(partitions: Partitions): ReadonlyMap<number, readonly string[]> {
  const batches = new Map<number, readonly string[]>();
  const keys = [...partitions.keys()].toSorted((one, other) => ofKey(one)[1] - ofKey(other)[1]);
  for (const key of keys) {
    const [batchTime] = ofKey(key);
    batches.set(batchTime, [...(batches.get(batchTime) ?? []), ...(partitions.get(key) ?? [])]);
  }
  return batches;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

function short(texts: readonly string[]): string {
  const text = JSON.stringify(texts);
  return text.length > 120 ? `${text.slice(0, 120)}… (${texts.length} records)` : text;
}

// The sinks of a world over all lives of its processes, with the required content of each destination. An acknowledged
// write stays present, a visible partition is complete and never changes, and at the end the ledger receives the
// content.
//
// A batch that runs again with another number of partitions is refused, and a batch that is older than the ledger of a
// sink. An operator then follows the advice of the sinks: stops the application, removes the output of the batch or
// restores the ledger, and starts the application again.
import { isMillraceError, type RandomSource, type SinkWrite } from '@millrace/core';
import type { Coverage } from '../../coverage.ts';
import type { Ledger } from '../../ledger.ts';
import { outputName } from '../output-records.ts';
import type { SinkDeath, SinkTarget } from '../program-plan.ts';
import type { SimDisk } from '../../sim-disk.ts';
import { FilesPlace } from './files-place.ts';
import { KeyedTablePlace } from './keyed-table-place.ts';
import { SqlitePlace } from './sqlite-place.ts';
import type { DroppedWrite, SinkPlace } from './sink-place.ts';
import type { OrderedTarget } from './sink-targets.ts';
import { ofKey, type PartitionKey, partitionKey, type Partitions } from './sink-row.ts';
import { AT_THE_END } from './table-row.ts';
import { TriedWrites } from './tried-writes.ts';

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
  /** The ending at a name, and the number of names until then. */
  deathAtName: SinkDeath | undefined;
  namesLeft: number;
  /** The number of pending writes. */
  writes: number;
  readonly tried: TriedWrites;
  /** The least number of batches in the ledger of the sink. */
  readonly ledgerBatches: number;
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
  /** The outputs of which a batch was refused for its age in this life of the driver. */
  #forgetful = new Set<number>();
  /** Called when a batch is refused because of another number of partitions, or because of its age. */
  onRefused: () => void = () => undefined;
  /** Called with a due ending. */
  onDeath: (death: SinkDeath) => void = () => undefined;

  constructor(setup: SimSinksSetup) {
    this.#setup = setup;
  }

  /** The destination of an output. */
  placeOf(output: SinkTarget): SinkPlace {
    return this.#watchedOf(output).place;
  }

  /** Lets a sink write a partition, and records the result of the write. */
  async write(
    output: SinkTarget,
    write: SinkWrite,
    { texts, effect }: { readonly texts: readonly string[]; readonly effect: () => Promise<void> },
  ): Promise<void> {
    const watched = this.#watchedOf(output);
    watched.writes += 1;
    watched.tried.note(write);
    try {
      await effect();
    } catch (error) {
      if (isMillraceError(error, 'MR_SINK_REPARTITIONED')) this.#refuse(output, write);
      if (isMillraceError(error, 'MR_SINK_SQLITE_FORGOTTEN')) this.#refuseOld(output, write);
      throw error;
    } finally {
      watched.writes = Math.max(0, watched.writes - 1);
    }
    watched.tried.noteWritten(write);
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

  /** Counts a file that has got its name, before the process learns so. */
  renamed(path: string): void {
    for (const watched of this.#watched.values()) {
      const { deathAtName: death, place } = watched;
      if (death === undefined || place.isPartition?.(path) !== true) continue;
      watched.namesLeft -= 1;
      if (watched.namesLeft > 0) continue;
      watched.deathAtName = undefined;
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

  /**
   * Removes the output of batches with another number of partitions, and restores the ledgers that were too short. No
   * process of the application runs.
   */
  async makeWay(): Promise<void> {
    await this.#removeRefused();
    for (const id of this.#forgetful) {
      const watched = this.#watched.get(id);
      if (watched === undefined) continue;
      const { place, tried, acknowledged } = watched;
      const known = new Map<PartitionKey, readonly string[]>([
        ...acknowledged,
        ...place.look((what) => this.#complain(id, what)),
      ]);
      const writes = new Map(
        [...known].map(([key, { length: rows }]): [PartitionKey, DroppedWrite] => [
          key,
          { partitions: tried.partitionsOf(ofKey(key)[0]), rows },
        ]),
      );
      await place.restore?.(tried.outputOperation, writes);
    }
    this.#forgetful = new Set();
  }

  async #removeRefused(): Promise<void> {
    for (const [id, batches] of this.#refused) {
      const watched = this.#watched.get(id);
      if (watched === undefined) continue;
      for (const batchTime of batches) {
        await watched.place.remove(batchTime);
        watched.tried.forget(batchTime);
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
  async finish(targets: readonly OrderedTarget[]): Promise<void> {
    this.#look();
    for (const { target: output, isOrdered } of targets) {
      const { place, seen } = this.#watchedOf(output);
      await place.checkAtRest((what) => this.#complain(output.id, what));
      if (place.rows !== undefined)
        this.#setup.ledger.writeAnyOrder(outputName(output.id), AT_THE_END, place.rows());
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

  #watchedOf(output: SinkTarget): Watched {
    let watched = this.#watched.get(output.id);
    if (watched === undefined) {
      const deaths = [...(output.sink?.deaths ?? [])];
      watched = {
        place: this.#newPlace(output),
        deaths,
        stepsLeft: deaths[0]?.afterSteps ?? 0,
        deathAtName: output.sink?.deathAtName,
        namesLeft: output.sink?.deathAtName?.afterSteps ?? 0,
        writes: 0,
        tried: new TriedWrites(),
        ledgerBatches: output.sink?.ledgerBatches ?? Number.POSITIVE_INFINITY,
        acknowledged: new Map(),
        seen: new Map(),
      };
      this.#watched.set(output.id, watched);
    }
    return watched;
  }

  #newPlace({ id, kind, sink = {} }: SinkTarget): SinkPlace {
    const { disk, random, coverage } = this.#setup;
    switch (kind) {
      case 'sqliteSink':
        return new SqlitePlace({ settings: sink, random, coverage });
      case 'sqliteTable':
        return new KeyedTablePlace({ settings: sink, random, coverage });
      default:
        return new FilesPlace(disk, id, sink);
    }
  }

  #refuse(output: SinkTarget, write: SinkWrite): void {
    const { id } = output;
    const { batchTime, partitions } = write;
    if (!this.#watchedOf(output).tried.hasOther(write))
      this.#complain(id, `batch ${batchTime} was refused, and was tried with ${partitions} partitions alone`);
    const batches = this.#refused.get(id) ?? new Set();
    this.#refused.set(id, batches.add(batchTime));
    this.onRefused();
  }

  #refuseOld(output: SinkTarget, { batchTime }: SinkWrite): void {
    const { tried, ledgerBatches } = this.#watchedOf(output);
    const newer = tried.countAfter(batchTime);
    if (newer < ledgerBatches)
      this.#complain(
        output.id,
        `batch ${batchTime} was refused for its age, with ${newer} later batches and a ledger of ${ledgerBatches}`,
      );
    this.#forgetful.add(output.id);
    this.onRefused();
  }

  #look(): void {
    for (const [id, watched] of this.#watched) {
      if (watched.place.rows !== undefined) continue;
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

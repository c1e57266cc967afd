// A directory of the simulated disk that is the destination of a files sink. Names and lines are read without code of
// the sink.
import type { Sink } from '@millrace/core';
import { filesSink } from '@millrace/sink-files';
import type { SinkSettings } from '../program-plan.ts';
import type { SimDisk } from '../../sim-disk.ts';
import type { SimProgramSetup } from '../../sim-output.ts';
import type { SinkPlace } from './sink-place.ts';
import { type PartitionKey, partitionKey, type Partitions, type SinkRow } from './sink-row.ts';

/** The directory of the sinks of all outputs. */
const SINKS = '/data/sinks';

const SUFFIXES = { text: 'txt', ndjson: 'ndjson', csv: 'csv' } as const;

/** See the header of this file. */
export class FilesPlace implements SinkPlace {
  readonly #disk: SimDisk;
  readonly #settings: SinkSettings;
  readonly #directory: string;

  constructor(disk: SimDisk, id: number, settings: SinkSettings) {
    this.#disk = disk;
    this.#settings = settings;
    this.#directory = `${SINKS}/${id}`;
  }

  sinkFor({ storage }: SimProgramSetup): Sink<SinkRow> {
    return this.#sinkOn(storage);
  }

  look(complain: (what: string) => void): Partitions {
    const partitions = new Map<PartitionKey, readonly string[]>();
    const names = this.#names().filter((name) => !name.startsWith('.millrace/'));
    for (const name of names) {
      const [, batch, , partition] = this.#identityOf(name) ?? [];
      if (batch === undefined || partition === undefined) {
        complain(`${name} is not the name of a partition`);
        continue;
      }
      const key = partitionKey(Number(batch), Number(partition));
      const lines = this.#linesOf(name, complain);
      if (partitions.has(key)) complain(`partition ${key} has two files`);
      partitions.set(key, lines);
    }
    return partitions;
  }

  isPartition(path: string): boolean {
    const prefix = `${this.#directory}/`;
    return path.startsWith(prefix) && this.#identityOf(path.slice(prefix.length)) !== null;
  }

  async remove(batchTime: number): Promise<void> {
    const ofBatch = (name: string) => name.includes(`simulated-${batchTime}-`);
    // The number of partitions is removed last; until then, nothing may be written again.
    const names = this.#names().filter(ofBatch);
    const files = names.toSorted((one, other) => one.lastIndexOf('/') - other.lastIndexOf('/'));
    await this.#disk.withoutFaults(async (storage) => {
      for (const name of files) await storage.remove(`${this.#directory}/${name}`);
      await storage.syncDirectory(this.#directory);
      await storage.syncDirectory(`${this.#directory}/.millrace/partitions`);
    });
  }

  /** An opening sink removes the drafts of a dead writer. */
  async checkAtRest(complain: (what: string) => void): Promise<void> {
    if (this.#names().length === 0) return;
    const sink = this.#sinkOn(this.#disk.left);
    await sink.open?.();
    await sink.close?.();
    const drafts = this.#names().filter((name) => name.endsWith('.draft'));
    if (drafts.length > 0) complain(`drafts remain: ${drafts.join(', ')}`);
  }

  close(): void {
    // The disk is simulated.
  }

  #sinkOn(storage: SimProgramSetup['storage']): Sink<SinkRow> {
    const { format = 'text', fsync = true, writeEmpty = false, chunkBytes = 262_144 } = this.#settings;
    const columns = format === 'csv' ? { columns: ['text'] } : {};
    const options = { directory: this.#directory, format, fsync, writeEmpty, chunkBytes, ...columns };
    const sink = filesSink(options, storage);
    return {
      name: sink.name,
      capabilities: sink.capabilities,
      open: async () => sink.open?.(),
      write: (rows, write) => sink.write(recordsOf(rows, format), write),
      close: async () => sink.close?.(),
    };
  }

  #names(): readonly string[] {
    return this.#disk.pathsBelow(this.#directory);
  }

  #identityOf(name: string): RegExpExecArray | null {
    const suffix = SUFFIXES[this.#settings.format ?? 'text'];
    return new RegExp(`^simulated-(\\d+)-(\\d+)-(\\d+)\\.${suffix}$`).exec(name);
  }

  #linesOf(name: string, complain: (what: string) => void): readonly string[] {
    const text = this.#disk.textOf(`${this.#directory}/${name}`);
    if (text !== '' && !text.endsWith('\n')) complain(`${name} ends in the middle of a line`);
    const lines = text.split('\n').slice(0, -1);
    switch (this.#settings.format) {
      case 'ndjson':
        return lines.map((line) => (JSON.parse(line) as { text: string }).text);
      case 'csv':
        if (lines[0] !== 'text') complain(`${name} does not begin with the header line`);
        return lines.slice(1).map((line) => line.replace(/^"(.*)"$/, '$1').replaceAll('""', '"'));
      default:
        return lines;
    }
  }
}

function* recordsOf(rows: Iterable<SinkRow>, format: SinkSettings['format']): Generator {
  for (const { text } of rows) yield format === 'text' ? text : { text };
}

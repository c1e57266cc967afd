// The disk of a simulated world, over all lives of its machine: its faults, the owners of locks, and the remaining
// content after a power loss.
import type { RandomSource, Storage } from '@millrace/core';
import { FaultTally, FaultyStorage } from '@millrace/testing';
import type { Coverage } from './coverage.ts';
import { type CheckpointsOnDisk, checkpointsOnDisk, partPath } from './checkpoint-files.ts';
import type { Damage, DiskFaults, FailingOperation, LastingRefusal } from './plan.ts';
import { ProcessStorage } from './process-storage.ts';
import type { SimProcess } from './sim-process.ts';

const PAGE_BYTES = 256;
const OTHER_OPERATIONS = [
  'open',
  'rename',
  'remove',
  'syncDirectory',
  'truncate',
  'read',
  'list',
  'stat',
] as const;

/** See the header of this file. */
export class SimDisk {
  readonly #coverage: Coverage;
  readonly #tally = new FaultTally();
  #storage: FaultyStorage;
  #locks = new Map<string, SimProcess>();
  /** The maximum duration of an operation, in ms. */
  slowMs = 0;
  #hasLostPower = false;
  /** Removals of drafts of processes that live. */
  readonly trespasses: string[] = [];
  /** Called when a file has another name. */
  onRenamed: (to: string) => void = () => undefined;
  /** Called at the first permanent refusal in a life of the driver. */
  onRefused: () => void = () => undefined;
  #refusing: { readonly what: LastingRefusal; left: number }[] = [];
  /** The name of the driver that meets the refusals. */
  #refused = '';
  #hasRefused = false;
  #failing: { readonly what: FailingOperation; left: number }[] = [];

  constructor(random: RandomSource, coverage: Coverage) {
    this.#coverage = coverage;
    this.#storage = new FaultyStorage({ random, pageBytes: PAGE_BYTES, tally: this.#tally });
  }

  /** The port violations by users of the disk. */
  get violations(): readonly string[] {
    return this.#storage.violations;
  }

  /** The disk from the view of one process. */
  viewOf(process: SimProcess, random: RandomSource): Storage {
    return new ProcessStorage({
      process,
      disk: this.#storage,
      locks: this.#locks,
      random,
      slowMs: () => this.slowMs,
      fails: (operation, path) => this.#fails(operation, path),
      onRemove: (path) => this.#watchRemoval(process, path),
      onRenamed: (to) => this.onRenamed(to),
      refuses: (operation, path) => this.#refuses(process, operation, path),
    });
  }

  /** Faults begin. */
  beginFaults(
    { append = 0, sync = 0, other = 0, slowMs = 0 }: DiskFaults,
    failing: readonly FailingOperation[],
  ): void {
    this.#failing = failing.map((what) => ({ what, left: what.after }));
    const others = Object.fromEntries(OTHER_OPERATIONS.map((name) => [name, other]));
    this.#storage.faults = { append, sync, ...others };
    this.slowMs = slowMs;
    if (slowMs > 0) this.#coverage.fault('disk-slow');
  }

  /** Another driver begins: the refusals of its predecessor end, and these refusals begin. */
  refuseTo(driver: string, refusals: readonly LastingRefusal[]): void {
    this.#refused = driver;
    this.#hasRefused = false;
    this.#refusing = refusals.map((what) => ({ what, left: what.after }));
  }

  /** Faults are over: no operation fails, and there is room. Permanent refusals continue for the driver. */
  endFaults(): void {
    this.#storage.faults = {};
    this.slowMs = 0;
    this.#failing = [];
    this.#refusing = this.#refusing.filter(({ left }) => left < 0);
    this.isFull = false;
  }

  set isFull(isFull: boolean) {
    this.#storage.capacityBytes = isFull ? 0 : Number.POSITIVE_INFINITY;
  }

  /** The machine loses power: unsynced data may be lost, and all locks are released. */
  losePower(): void {
    this.countFaults();
    this.#hasLostPower = true;
    this.#storage = this.#storage.crash();
    this.#locks = new Map();
  }

  /**
   * Damages a bit of the newest checkpoint, or of a part referenced by no other checkpoint. Damages nothing unless the
   * previous checkpoint is whole: an engine must survive one damaged checkpoint, not two.
   */
  damage(directory: string, { what }: Damage): void {
    const { checkpoints, damagedParts } = checkpointsOnDisk(this.#storage, directory);
    const [newest, before] = checkpoints.toReversed();
    if (newest?.content === undefined || before?.content === undefined) return;
    const isWhole = [newest, before].every(
      ({ content }) => !content?.parts.some((part) => damagedParts.has(part)),
    );
    if (!isWhole) return;
    const others = new Set(checkpoints.slice(0, -1).flatMap(({ content }) => content?.parts ?? []));
    const own = newest.content.parts.filter((part) => !others.has(part));
    const [part] = what === 'part' ? own : [];
    this.#storage.flipBit(part === undefined ? newest.path : partPath(directory, part));
    this.#coverage.fault('damaged-bit');
  }

  /** True when a power loss may have lost data. */
  get hasLostPower(): boolean {
    return this.#hasLostPower;
  }

  /** The disk in its current state, for inspecting the remaining content. */
  get left(): Storage {
    return this.#storage;
  }

  /** The paths of all files below a directory, from there on. */
  pathsBelow(directory: string): readonly string[] {
    return this.#storage.files(directory).map(({ path }) => path);
  }

  /** A whole file as shown by the system. */
  textOf(path: string): string {
    return new TextDecoder().decode(this.#storage.readFile(path));
  }

  /** Lets an operator work on the disk while no process does; no operation fails. */
  async withoutFaults(work: (storage: Storage) => Promise<void>): Promise<void> {
    const storage = this.#storage;
    const { faults } = storage;
    storage.faults = {};
    try {
      await work(storage);
    } finally {
      storage.faults = faults;
    }
  }

  /** The content of a directory of checkpoints. */
  checkpointsIn(directory: string): CheckpointsOnDisk {
    return checkpointsOnDisk(this.#storage, directory);
  }

  /** The files of each directory below one, by the directory's path from there on. */
  filesIn(directory: string): ReadonlyMap<string, readonly string[]> {
    const files = new Map<string, string[]>();
    for (const { path } of this.#storage.files(directory)) {
      const end = path.lastIndexOf('/');
      const [folder, name] = [path.slice(0, Math.max(0, end)), path.slice(end + 1)];
      files.set(folder, [...(files.get(folder) ?? []), name]);
    }
    return files;
  }

  /** SINK-15: a draft belongs to the process that holds the lock of its writer. */
  #watchRemoval(process: SimProcess, path: string): void {
    if (!path.endsWith('.draft')) return;
    const owner = this.#locks.get(path.replace(/-\d+\.draft$/, '.lock'));
    if (owner === undefined || owner === process || !owner.isAlive) return;
    this.trespasses.push(`${process.name} removes ${path}, a draft of ${owner.name}`);
  }

  #fails(operation: FailingOperation['operation'], path: string): boolean {
    const due = this.#failing.find(({ what }) => what.operation === operation && path.includes(what.path));
    if (due === undefined) return false;
    due.left -= 1;
    if (due.left >= 0) return false;
    this.#failing.splice(this.#failing.indexOf(due), 1);
    this.#coverage.fault('failed-operation');
    return true;
  }

  #refuses({ name }: SimProcess, operation: FailingOperation['operation'], path: string): boolean {
    // Executors that outlive their driver do not belong to this one.
    if (name !== this.#refused && !name.startsWith(`${this.#refused}/`)) return false;
    const due = this.#refusing.find(({ what }) => what.operation === operation && path.includes(what.path));
    if (due === undefined) return false;
    due.left = Math.max(-1, due.left - 1);
    if (due.left >= 0) return false;
    this.#coverage.fault('lasting-refusal');
    if (!this.#hasRefused) this.onRefused();
    this.#hasRefused = true;
    return true;
  }

  /** Reports the occurred faults to the coverage. */
  countFaults(): void {
    const failed = [...this.#tally.all()].some(([kind]) => kind.startsWith('failed '));
    if (failed) this.#coverage.fault('disk-failure');
    if (this.#tally.of('full disk') > 0) this.#coverage.fault('disk-full');
  }
}

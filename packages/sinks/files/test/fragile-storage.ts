// A disk in memory that loses all that a loss of power may take: unsynced bytes, and names in unsynced directories. The
// storage can refuse one operation, or die at any operation, counted from the start: a test that dies at each operation
// in turn has tried every possible crash.
import { posix } from 'node:path';
import type { Storage, StorageEntry, StorageFile, StorageOpenMode } from '@millrace/core';
import { coreError } from '@millrace/core';

type Node = { readonly kind: 'directory' } | { readonly kind: 'file'; bytes: Buffer; syncedBytes: number };

/** The counted operations. */
export type Operation =
  'create' | 'append' | 'sync' | 'rename' | 'remove' | 'makeDirectory' | 'syncDirectory';

/** The operation at which a storage dies, counted from now; `takesEffect`: the operation still takes effect. */
export interface Death {
  readonly operation: number;
  readonly takesEffect: boolean;
}

const DIRECTORY: Node = { kind: 'directory' };

/** A storage that can fail and die. */
export class FragileStorage implements Storage {
  #seen = new Map<string, Node>([['/', DIRECTORY]]);
  #durable = new Map(this.#seen);
  readonly #locks = new Set<string>();
  readonly #failing: Operation[] = [];
  #death: Death | undefined;
  #isDead = false;
  /** Operations since the start or the last `dieAt`. */
  operations = 0;

  /** Fails the next operation of this kind, without effect. */
  failNext(operation: Operation): void {
    this.#failing.push(operation);
  }

  dieAt(death: Death): void {
    this.operations = 0;
    this.#death = death;
  }

  /** Starts again after the death of the process; with `powerLoss`, with only the content that the disk had to keep. */
  restart({ powerLoss }: { readonly powerLoss: boolean }): void {
    this.#death = undefined;
    this.#isDead = false;
    this.#locks.clear();
    if (!powerLoss) return;
    const isReachable = (path: string): boolean =>
      path === '/' || (this.#durable.has(path) && isReachable(posix.dirname(path)));
    this.#seen = new Map([...this.#durable].filter(([path]) => isReachable(path)));
    for (const node of this.#seen.values()) {
      if (node.kind === 'file') node.bytes = node.bytes.subarray(0, node.syncedBytes);
    }
  }

  /** The files of a directory, by name. */
  files(directory: string): ReadonlyMap<string, Buffer> {
    const seen = [...this.#seen].filter(
      ([path, { kind }]) => kind === 'file' && posix.dirname(path) === directory,
    );
    return new Map(
      seen.map(([path, node]) => [posix.basename(path), node.kind === 'file' ? node.bytes : Buffer.of()]),
    );
  }

  /** The texts of the files of a directory, by name. */
  texts(directory: string): ReadonlyMap<string, string> {
    return new Map([...this.files(directory)].map(([name, bytes]) => [name, bytes.toString()]));
  }

  async open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    const node = mode === 'create' ? this.#create(path) : this.#seen.get(path);
    if (node?.kind !== 'file') throw failure('MR_STORAGE_NOT_FOUND', path);
    return {
      size: async () => node.bytes.length,
      append: async (buffers) =>
        this.#do('append', () => void (node.bytes = Buffer.concat([node.bytes, ...buffers]))),
      sync: async () => this.#do('sync', () => void (node.syncedBytes = node.bytes.length)),
      readAt: async (offset, length) => node.bytes.subarray(offset, offset + length),
      truncate: () => Promise.reject(new TypeError('the sink cuts no files')),
      close: () => Promise.resolve(),
    };
  }

  async list(directory: string): Promise<readonly StorageEntry[]> {
    const paths = [...this.#seen.keys()].filter((path) => path !== '/' && posix.dirname(path) === directory);
    return paths.map((path) => this.#entry(path)).filter((entry) => entry !== undefined);
  }

  async stat(path: string): Promise<StorageEntry | undefined> {
    return this.#entry(path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#do('rename', () => {
      const node = this.#seen.get(from);
      if (node === undefined) throw failure('MR_STORAGE_NOT_FOUND', from);
      this.#seen.delete(from);
      this.#seen.set(to, node);
    });
  }

  async remove(path: string): Promise<void> {
    this.#do('remove', () => this.#seen.delete(path));
  }

  async makeDirectory(path: string): Promise<void> {
    this.#do('makeDirectory', () => {
      for (let above = path; !this.#seen.has(above); above = posix.dirname(above))
        this.#seen.set(above, DIRECTORY);
    });
  }

  async syncDirectory(directory: string): Promise<void> {
    this.#do('syncDirectory', () => {
      const isIn = (path: string) => path !== '/' && posix.dirname(path) === directory;
      for (const path of this.#durable.keys()) if (isIn(path)) this.#durable.delete(path);
      for (const [path, node] of this.#seen) if (isIn(path)) this.#durable.set(path, node);
    });
  }

  async lock(path: string): Promise<() => Promise<void>> {
    if (this.#locks.has(path)) throw failure('MR_STORAGE_LOCKED', path);
    this.#locks.add(path);
    return async () => void this.#locks.delete(path);
  }

  #create(path: string): Node {
    const node: Node = { kind: 'file', bytes: Buffer.alloc(0), syncedBytes: 0 };
    this.#do('create', () => {
      if (this.#seen.has(path)) throw failure('MR_STORAGE_EXISTS', path);
      if (!this.#seen.has(posix.dirname(path))) throw failure('MR_STORAGE_NOT_FOUND', path);
      this.#seen.set(path, node);
    });
    return node;
  }

  #do(operation: Operation, effect: () => void): void {
    const isLast = this.operations === this.#death?.operation;
    this.operations += 1;
    const failing = this.#failing.indexOf(operation);
    if (failing >= 0) this.#failing.splice(failing, 1);
    const isRefused = this.#isDead || failing >= 0 || (isLast && this.#death?.takesEffect === false);
    this.#isDead ||= isLast;
    if (!isRefused) effect();
    if (isRefused || isLast) throw failure('MR_STORAGE_FAILED', operation);
  }

  #entry(path: string): StorageEntry | undefined {
    const node = this.#seen.get(path);
    if (node === undefined) return undefined;
    const sizeBytes = node.kind === 'file' ? node.bytes.length : 0;
    return { name: posix.basename(path), kind: node.kind, sizeBytes, modifiedMs: 0 };
  }
}

type StorageCode = Parameters<typeof coreError>[0] & `MR_STORAGE_${string}`;

function failure(code: StorageCode, path: string): Error {
  return coreError(code, `refused at ${path}`, { details: { path } });
}

// A directory of a simulated disk. Changes of names are visible at once. After a power loss the directory holds the
// synced names, and any subset of the later changes. A rename is one change: a power loss keeps the whole rename or
// none of it.
import { DiskFile, type Fate } from './disk-file.ts';

/** The file or directory behind a name. */
export type DiskNode = DiskFile | DiskDirectory;

type Change = (names: Map<string, DiskNode>) => void;

/** A directory of a simulated disk. */
export class DiskDirectory {
  readonly #shown = new Map<string, DiskNode>();
  #kept = new Map<string, DiskNode>();
  #changes: Change[] = [];
  /** True after the latest sync failed. */
  #hasFailed = false;

  /** The file or directory that this name currently shows. */
  get(name: string): DiskNode | undefined {
    return this.#shown.get(name);
  }

  /** All names as currently shown. */
  entries(): readonly (readonly [string, DiskNode])[] {
    return [...this.#shown];
  }

  /** Adds a name. */
  link(name: string, node: DiskNode): void {
    this.#change((names) => names.set(name, node));
  }

  /** Removes a name. */
  unlink(name: string): void {
    this.#change((names) => names.delete(name));
  }

  /** Moves a name over another name of this directory, in one step. */
  rename(from: string, to: string, node: DiskNode): void {
    this.#change((names) => {
      names.delete(from);
      names.set(to, node);
    });
  }

  /** Makes all changes durable. */
  sync(): void {
    // The same changes of the same names, in the same order. After a failed sync some changes are durable already.
    if (this.#hasFailed) this.#kept = new Map(this.#shown);
    else for (const change of this.#changes) change(this.#kept);
    this.#changes = [];
    this.#hasFailed = false;
  }

  /** Makes some changes durable; the remaining changes may still become durable later. */
  failSync(fate: Fate): void {
    this.#hasFailed = true;
    this.#kept = this.#keptSome(fate);
  }

  /** The directory and its whole tree after a power loss. */
  afterPowerLoss(fate: Fate): DiskDirectory {
    const found = new DiskDirectory();
    const survivors = new Map<DiskNode, DiskNode>();
    for (const [name, node] of this.#keptSome(fate)) {
      const survivor = survivors.get(node) ?? node.afterPowerLoss(fate);
      survivors.set(node, survivor);
      found.link(name, survivor);
    }
    found.sync();
    return found;
  }

  #change(change: Change): void {
    change(this.#shown);
    this.#changes.push(change);
  }

  #keptSome({ random, tally }: Fate): Map<string, DiskNode> {
    const chance = random.next();
    const kept = new Map(this.#kept);
    for (const change of this.#changes) {
      if (random.next() < chance) change(kept);
      else tally.note('lost name');
    }
    return kept;
  }
}

// A directory of a simulated disk. Names are given and taken at once as far as the system shows it; what is found after
// a loss of power is what was synced, and any of the changes since. A rename is one change: it is kept or not, never
// in halves.
import { DiskFile, type Fate } from './disk-file.ts';

/** What a name stands for. */
export type DiskNode = DiskFile | DiskDirectory;

type Change = (names: Map<string, DiskNode>) => void;

/** A directory of a simulated disk. */
export class DiskDirectory {
  readonly #shown = new Map<string, DiskNode>();
  #kept = new Map<string, DiskNode>();
  #changes: Change[] = [];
  /** Whether the latest sync has failed. */
  #hasFailed = false;

  /** What a name stands for now. */
  get(name: string): DiskNode | undefined {
    return this.#shown.get(name);
  }

  /** All names, as shown now. */
  entries(): readonly (readonly [string, DiskNode])[] {
    return [...this.#shown];
  }

  /** Gives a name. */
  link(name: string, node: DiskNode): void {
    this.#change((names) => names.set(name, node));
  }

  /** Takes a name away. */
  unlink(name: string): void {
    this.#change((names) => names.delete(name));
  }

  /** Moves a name over another one of this directory, in one step. */
  rename(from: string, to: string, node: DiskNode): void {
    this.#change((names) => {
      names.delete(from);
      names.set(to, node);
    });
  }

  /** Makes all changes durable. */
  sync(): void {
    // The same changes of the same names, in the same order. After a failed sync some are made already.
    if (this.#hasFailed) this.#kept = new Map(this.#shown);
    else for (const change of this.#changes) change(this.#kept);
    this.#changes = [];
    this.#hasFailed = false;
  }

  /** Makes some changes durable; the others may still become so. */
  failSync(fate: Fate): void {
    this.#hasFailed = true;
    this.#kept = this.#keptSome(fate);
  }

  /** The directory and all below it as they are found after a loss of power. */
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

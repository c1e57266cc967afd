// A directory of a simulated disk. Names are given and taken at once as far as the system shows it; what is found after
// a loss of power is what was synced, and any of the changes since. A rename is one change: it is kept or not, never
// in halves.
import type { RandomSource } from '@millrace/core';
import { DiskFile } from './disk-file.ts';

/** What a name stands for. */
export type DiskNode = DiskFile | DiskDirectory;

type Change = (names: Map<string, DiskNode>) => void;

/** A directory of a simulated disk. */
export class DiskDirectory {
  readonly #shown = new Map<string, DiskNode>();
  #kept = new Map<string, DiskNode>();
  #changes: Change[] = [];

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
    this.#kept = new Map(this.#shown);
    this.#changes = [];
  }

  /** Makes some changes durable; the others may still become so. */
  failSync(random: RandomSource): void {
    this.#kept = this.#keptSome(random);
  }

  /** The directory and all below it as they are found after a loss of power. */
  afterPowerLoss(random: RandomSource): DiskDirectory {
    const found = new DiskDirectory();
    const survivors = new Map<DiskNode, DiskNode>();
    for (const [name, node] of this.#keptSome(random)) {
      const survivor = survivors.get(node) ?? node.afterPowerLoss(random);
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

  #keptSome(random: RandomSource): Map<string, DiskNode> {
    const chance = random.next();
    const kept = new Map(this.#kept);
    for (const change of this.#changes) if (random.next() < chance) change(kept);
    return kept;
  }
}

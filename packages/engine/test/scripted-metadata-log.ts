// A metadata log that fails, or holds back its answers, by script.
import type { BatchTime } from '@millrace/core';
import type { MetadataEvent, MetadataLog } from '../src/tracking/metadata-log.ts';

/** Records its durable events; fails and waits by script. */
export class ScriptedMetadataLog implements MetadataLog {
  readonly isDurable = true;
  /** The events that recovery would return. */
  readonly events: MetadataEvent[] = [];
  /** The thresholds of its `clean` calls. */
  readonly cleaned: BatchTime[] = [];
  /** While true, appends and cleans are rejected. */
  isBroken = false;
  closeCount = 0;
  #held: (() => void)[] | undefined;
  #heldKind: MetadataEvent['kind'] | undefined;

  /** Holds back the answers to appends from now on, of one kind or of all, until `release`. */
  hold(kind?: MetadataEvent['kind']): void {
    this.#held ??= [];
    this.#heldKind = kind;
  }

  /** Releases all held answers. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const go of held) go();
  }

  async replay(apply: (event: MetadataEvent) => void): Promise<void> {
    for (const event of this.events) apply(event);
  }

  async append(event: MetadataEvent): Promise<void> {
    const held = this.#held;
    if (held !== undefined && (this.#heldKind ?? event.kind) === event.kind)
      await new Promise<void>((resolve) => held.push(resolve));
    if (this.isBroken) throw new Error('the disk is full');
    if (this.closeCount > 0) throw new Error('the log is closed');
    this.events.push(event);
  }

  async clean(threshold: BatchTime): Promise<void> {
    if (this.isBroken) throw new Error('the disk is full');
    this.cleaned.push(threshold);
  }

  async close(): Promise<void> {
    this.closeCount += 1;
  }
}

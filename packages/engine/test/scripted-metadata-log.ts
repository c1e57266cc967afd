// A metadata log that fails, or holds back its answers, by script.
import type { BatchTime, LogHandle } from '@millrace/core';
import type { LogEntry } from '@millrace/core/engine';
import { inlineIn } from '../src/tracking/metadata-event-codec.ts';
import type { MetadataEvent, MetadataLog } from '../src/tracking/metadata-log.ts';

/** Records its durable events; fails and waits by script. */
export class ScriptedMetadataLog implements MetadataLog {
  readonly isDurable = true;
  anEntry: LogEntry | undefined;
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

  async append(event: MetadataEvent): Promise<LogHandle> {
    const held = this.#held;
    if (held !== undefined && (this.#heldKind ?? event.kind) === event.kind)
      await new Promise<void>((resolve) => held.push(resolve));
    if (this.isBroken) throw new Error('the disk is full');
    if (this.closeCount > 0) throw new Error('the log is closed');
    const handle = { segment: 'log', offset: this.events.length, length: 1 };
    this.events.push(asReplayed(event, handle));
    return handle;
  }

  async clean(threshold: BatchTime): Promise<void> {
    if (this.isBroken) throw new Error('the disk is full');
    this.cleaned.push(threshold);
  }

  async close(): Promise<void> {
    this.closeCount += 1;
  }
}

/** Content stays in the log: a replay gives the place of the content. */
function asReplayed(event: MetadataEvent, handle: LogHandle): MetadataEvent {
  if (event.kind !== 'block-addition' || event.content === undefined) return event;
  return { kind: event.kind, timeMs: event.timeMs, block: inlineIn(event.block, handle) };
}

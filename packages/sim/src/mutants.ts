// Engines that are wrong in one place each, to show that the simulation would notice. Each is a small change of a source,
// made while it is loaded, of the kind that a tired person makes. The automated test finds every one of them.
import type { FaultKind } from './plan.ts';
import type { SourcePatch } from './source-patches.ts';

/** A wrong engine. */
export interface Mutant {
  readonly name: string;
  /** What it does wrong. */
  readonly wrong: string;
  readonly patches: readonly SourcePatch[];
  /** The faults under which it shows soonest. */
  readonly faults: readonly FaultKind[];
}

const PUSH_LOOP = 'engine/src/receiving/push-loop.ts';
const GENERATOR = 'engine/src/batches/job-generator.ts';
const SEGMENT_WRITER = 'wal/src/segment-writer.ts';

const WATERMARK = 'engine/src/event-time/watermark.ts';
const STATE_EXPORTER = 'engine/src/state/state-exporter.ts';

/** The wrong engines. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'acknowledge-before-sync',
    wrong: 'the log says that an entry is safe before it was synced',
    faults: ['power-loss'],
    patches: [
      {
        file: SEGMENT_WRITER,
        find: 'if (this.#header.isSynced) await this.#sync(onWaiting);',
        replace: 'onWaiting();',
      },
    ],
  },
  {
    name: 'skip-failed-push',
    wrong: 'a block that could not be stored is passed over',
    faults: ['disk-failure', 'disk-slow'],
    patches: [
      {
        file: PUSH_LOOP,
        find: 'if (failure !== undefined) {',
        replace: 'if (failure !== undefined && entry.cut.tokens.length < 0) {',
      },
    ],
  },
  {
    name: 'allocate-twice',
    wrong: 'blocks that were given to a batch wait for the next one as well',
    faults: ['receiver-restart'],
    patches: [
      {
        file: 'engine/src/tracking/received-block-tracker.ts',
        find: 'for (const [id, taken] of blocks) this.#streamOf(id).take(taken.length);',
        replace:
          'for (const [id, taken] of blocks) this.#streamOf(id).take(taken.length - (taken.length > 1 ? 1 : 0));',
      },
    ],
  },
  {
    name: 'empty-batch',
    wrong: 'a batch whose blocks could not be allocated runs without them',
    faults: ['disk-failure', 'driver-death'],
    patches: [
      {
        file: GENERATOR,
        find: 'if (!(await this.#pause(attempt))) return false;\n      }\n    }\n  }\n\n  /** What the step makes',
        replace: 'return true;\n      }\n    }\n  }\n\n  /** What the step makes',
      },
    ],
  },
  {
    name: 'close-handler-early',
    wrong: 'the block handler is closed before the last blocks are stored',
    faults: ['receiver-restart'],
    patches: [
      {
        file: 'engine/src/context/driver-stop.ts',
        find: 'const steps = new StopSteps(clock, log, deadlineMs);',
        replace: 'const steps = new StopSteps(clock, log, deadlineMs); void setup.assembled.close();',
      },
    ],
  },
  {
    name: 'forget-pending-batch',
    wrong: 'a batch that was made and not done is not made again after a restart',
    faults: ['driver-death', 'disk-slow'],
    patches: [
      {
        file: GENERATOR,
        find: 'this.#next = from.doneUpTo + batchIntervalMs;',
        replace: 'this.#next = from.lastMade + batchIntervalMs;',
      },
    ],
  },
  {
    name: 'lose-restart',
    wrong: 'a receiver that failed is not started again',
    faults: ['disk-failure'],
    patches: [
      {
        file: 'engine/src/tracking/receiver-launcher.ts',
        find: 'this.#after(entry, delayMs, () => this.launch(entry));',
        replace: 'this.settle(entry);',
      },
    ],
  },
  {
    name: 'apply-batch-twice',
    wrong: 'a checkpoint holds a later state than it says, so that a batch that runs again changes it again',
    faults: ['driver-death', 'job-failure'],
    patches: [
      {
        file: STATE_EXPORTER,
        find: 'return listed(this.#store.entriesAt(upTo));',
        replace: 'return listed(this.#store.entriesAt(this.#store.time));',
      },
      {
        file: STATE_EXPORTER,
        find: 'later.has(key) ? later.get(key) : this.#store.get(key)',
        replace: 'this.#store.get(key)',
      },
    ],
  },
  {
    name: 'reorder-stream',
    wrong: 'a block overtakes the one before it when the queue is long',
    faults: ['disk-slow'],
    patches: [
      {
        file: PUSH_LOOP,
        find: 'this.#queue.push({ cut, outcome });',
        replace: 'this.#queue.splice(Math.max(1, this.#queue.length - 1), 0, { cut, outcome });',
      },
    ],
  },
  {
    name: 'ignore-failed-sync',
    wrong: 'a sync that failed counts as done',
    faults: ['disk-failure'],
    patches: [
      {
        file: SEGMENT_WRITER,
        find: 'await syncing;',
        replace: 'await syncing.catch(() => undefined);',
      },
    ],
  },
  {
    name: 'forget-watermark',
    wrong: 'the watermark is kept in memory alone, and begins anew after a restart',
    faults: ['driver-death', 'rolling-restart'],
    patches: [
      {
        file: WATERMARK,
        find: 'return async ({ batchTime, change, records }) => {',
        replace:
          'let inMemory = Number.NEGATIVE_INFINITY; return async ({ batchTime, change, records }) => { const before = inMemory;',
      },
      {
        file: WATERMARK,
        find: 'change.get(WATERMARK)?.value.newestMs ?? Number.NEGATIVE_INFINITY',
        replace: 'before',
      },
      {
        file: WATERMARK,
        find: 'if (afterMs > beforeMs) change.set(',
        replace: 'inMemory = afterMs; if (afterMs > beforeMs) change.set(',
      },
    ],
  },
  {
    name: 'change-shared-window',
    wrong:
      'a record goes into a window that earlier states share, so that a batch that runs again adds it again',
    faults: ['rolling-restart', 'driver-death', 'job-failure'],
    patches: [
      {
        file: 'engine/src/event-time/event-window.ts',
        find: 'return isTouched ? value : copyCombiner(value);',
        replace: 'return isTouched ? value : value;',
      },
    ],
  },
  {
    name: 'forget-given-out-window',
    wrong:
      'a window that was given out is forgotten at once, and a late record that is allowed begins it again',
    faults: ['receiver-restart'],
    patches: [
      {
        file: 'engine/src/event-time/window-step.ts',
        find: 'const isKept = draft.endMs + allowedLatenessMs > afterMs;',
        replace: 'const isKept = draft.endMs > afterMs;',
      },
    ],
  },
];

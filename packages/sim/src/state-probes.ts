// The states of the engine's parts, and the places of the probes that record reached states. Only this file knows the
// implementation of the engine; checkers do not use the probes. A run that misses some states proves less.
import { noteState } from './reached-states.ts';
import type { SourcePatch, SourceRewrite } from './source-patches.ts';

/** A part whose state is kept in a field, as text. */
interface StatefulPart {
  readonly part: string;
  readonly file: string;
  readonly states: readonly string[];
}

const PARTS: readonly StatefulPart[] = [
  {
    part: 'block generator',
    file: 'engine/src/receiving/block-generator.ts',
    states: ['Initialized', 'Active', 'StoppedAddingData', 'StoppedGeneratingBlocks', 'StoppedAll'],
  },
  {
    part: 'receiver supervisor',
    file: 'engine/src/receiving/receiver-supervisor.ts',
    states: ['Initialized', 'Registering', 'Running', 'Ending', 'Waiting', 'Stopped'],
  },
  {
    part: 'receiver tracker',
    file: 'engine/src/tracking/receiver-tracker.ts',
    states: ['Initialized', 'Started', 'Stopping', 'Stopped'],
  },
  {
    part: 'receiver in the tracker',
    file: 'engine/src/tracking/receiver-entry.ts',
    states: ['INACTIVE', 'SCHEDULED', 'ACTIVE'],
  },
];

/** A place in a source that is passed when a part reaches a state. */
interface Place {
  readonly state: string;
  readonly file: string;
  /** The text after the inserted probe. */
  readonly before: string;
  /** A condition, when passing the place is not enough. */
  readonly when?: string;
}

const GENERATOR = 'engine/src/batches/job-generator.ts';
const SCHEDULER = 'engine/src/batches/job-scheduler.ts';
const HELD = 'engine/src/batches/held-batches.ts';
const SEGMENT = 'wal/src/segment-writer.ts';
const WATERMARK = 'engine/src/event-time/watermark.ts';
const WINDOW_STEP = 'engine/src/event-time/window-step.ts';
const CALLS = 'engine/src/rdd/async-calls.ts';
const STAGE = 'engine/src/rdd/async-stage.ts';
const COMMIT = 'wal/src/group-commit.ts';

const PLACES: readonly Place[] = [
  { state: 'job generator: started', file: GENERATOR, before: 'this.#ticks.start(' },
  {
    state: 'job generator: waiting',
    file: GENERATOR,
    before: 'await new Promise<void>((resolve) => (this.#wake',
  },
  { state: 'job generator: making a batch', file: GENERATOR, before: 'const generatorLagMs = this.#ticks' },
  {
    state: 'job generator: allocation delayed',
    file: 'engine/src/batches/generation-attempts.ts',
    before: 'this.#deps.log.warn(failed, ',
  },
  { state: 'job generator: ending', file: GENERATOR, before: 'this.#isEnding = true;' },
  { state: 'job generator: halted', file: GENERATOR, before: 'this.#abort.abort(new Error(' },
  { state: 'job: running', file: SCHEDULER, before: "entry.state = 'running';" },
  {
    state: 'job: tried again',
    file: 'engine/src/batches/job-attempts.ts',
    before: 'const delayMs = signal.aborted',
  },
  {
    state: 'task: cancelled',
    file: 'engine/src/executor/task-runner.ts',
    before: "task.over.abort(rddError('MR_RDD_TASK_CANCELLED'",
  },
  { state: 'call: tried again', file: CALLS, before: 'await clock.sleepFor(backOffDelayMs(' },
  { state: 'call: timed out', file: CALLS, before: "return rddError('MR_RDD_CALL_TIMED_OUT'" },
  {
    state: 'call: ended with its task',
    file: STAGE,
    before: 'this.#deps.calls.end(reason);',
    when: 'this.#underWay > 0',
  },
  {
    state: 'asynchronous operator: the records before wait',
    file: STAGE,
    before: 'this.#room ??= Promise.withResolvers();',
  },
  { state: 'batch: held', file: HELD, before: 'this.#held.add(set);' },
  { state: 'batch: failed', file: SCHEDULER, before: "set.outcome = 'failed';" },
  { state: 'batch: skipped', file: SCHEDULER, before: "this.#end(set, 'skipped');" },
  { state: 'log: mending', file: COMMIT, before: 'this.#refusal = refusal;' },
  { state: 'log: closed', file: COMMIT, before: 'this.#closing.abort(closed());' },
  {
    state: 'job generator: making batches again',
    file: GENERATOR,
    before: 'if (resumeFrom !== undefined) this.#rerunUpTo = from.lastMade;',
    when: 'from.lastMade > from.doneUpTo',
  },
  {
    state: 'log segment: open',
    file: SEGMENT,
    before: 'const { buffers, offsets, endBytes } = this.#encode',
  },
  {
    state: 'log segment: append failed',
    file: SEGMENT,
    before: 'let isCut = false;',
    when: "this.#state === 'append failed'",
  },
  {
    state: 'log segment: sync failed',
    file: SEGMENT,
    before: 'let isCut = false;',
    when: "this.#state === 'sync failed'",
  },
  {
    state: 'log segment: finished',
    file: SEGMENT,
    before: 'if (this.#room !== undefined) await this.#file.truncate(this.#endBytes);\n    } finally',
  },
  {
    state: 'log segment: over a removed one',
    file: SEGMENT,
    before: 'const sizeBytes = await file.size();',
  },
  {
    state: 'log segment: with room in advance',
    file: SEGMENT,
    before: 'return new SegmentWriter(file, header, fileRoom);',
  },
  {
    state: 'log segment: more room',
    file: 'wal/src/file-room.ts',
    before: 'this.#sizeBytes += this.#options.stepBytes;',
  },
  {
    state: 'log segment: durable append',
    file: SEGMENT,
    before: 'const appending = this.#file.appendDurably(buffers);',
  },
  { state: 'log segment: sealed', file: SEGMENT, before: 'await this.#file.append([sealFrame' },
  {
    state: 'event time: all sources idle',
    file: WATERMARK,
    before: 'const promisedMs =',
    when: 'active.length === 0',
  },
  {
    state: 'event time: watermark goes on in silence',
    file: WATERMARK,
    before: 'if (afterMs > beforeMs) change.set(',
    when: 'active.length === 0 && afterMs > beforeMs',
  },
  {
    state: 'event time: record too late',
    file: WINDOW_STEP,
    before: 'if (after.open.length === 0) change.delete(key);',
    when: 'after.late.length > 0',
  },
  {
    state: 'event time: window given out again',
    file: WINDOW_STEP,
    before: 'if (isDue) emitted.push(',
    when: 'isDue && draft.isEmitted',
  },
  {
    state: 'event time: sessions joined',
    file: 'engine/src/event-time/event-window.ts',
    before: 'draft.value = synchronous(WINDOWS, merge(',
  },
];

/** Branches of recovery, and refusals, that a run must reach. */
const BRANCHES: readonly Place[] = [
  {
    state: 'recovery: the log knows a higher epoch than the checkpoint',
    file: 'engine/src/checkpoint/recovery.ts',
    before: 'const zeroTime = content?.zeroTime',
    when: '(logged.start?.epoch ?? 0) > (content?.epoch ?? Infinity)',
  },
  {
    state: 'recovery: a checkpoint was skipped',
    file: 'core/src/checkpoint/file-checkpoint-store.ts',
    before: "this.#log.warn('a checkpoint was skipped'",
  },
  {
    state: 'recovery: a part is read for an executor',
    file: 'engine/src/graph/window-input-cache.ts',
    before: 'if (this.#read?.part !== part) {',
  },
  {
    state: 'recovery: a range is read from its source again',
    file: 'engine/src/receiving/block-reader.ts',
    before: 'const reading = this.#readAgain(info, range, source)',
  },
  {
    state: 'tracking: a block is added again',
    file: 'engine/src/tracking/stream-blocks.ts',
    before: "if (registration === 'registered') return 'known';",
    when: "registration === 'registered'",
  },
  {
    state: 'tracking: a block is written inside its registration',
    file: 'engine/src/tracking/stream-blocks.ts',
    before: 'if (content !== undefined && handle !== undefined) stored = inlineIn(block, handle);',
    when: 'content !== undefined',
  },
  {
    state: 'block: read from its registration',
    file: 'wal/src/wal-received-block-handler.ts',
    before: 'return contentOfRegistration(this.#deps.codec, payload)',
  },
  {
    state: 'tracking: the log keeps content that a batch needs',
    file: 'engine/src/tracking/received-block-tracker.ts',
    before: 'for (const { neededFromMs } of this.#streams.values())',
    when: 'neededFrom < threshold',
  },
  {
    state: 'tracking: too many blocks wait',
    file: 'engine/src/tracking/stream-blocks.ts',
    before: "return this.#refuse(block, 'too many blocks wait for a batch');",
  },
  {
    state: 'tracking: many blocks wait',
    file: 'engine/src/tracking/receiver-tracker.ts',
    before: 'return this.#deps.blockTracker.isCrowded(streamId)',
    when: 'this.#deps.blockTracker.isCrowded(streamId)',
  },
  {
    state: 'block: cut at the end of a turn',
    file: 'engine/src/receiving/block-generator.ts',
    before: 'if (this.#cutsAtOnce && !this.#tokens.isEmpty) this.#cut();',
    when: 'this.#cutsAtOnce && !this.#tokens.isEmpty',
  },
  {
    state: 'partition: of several blocks',
    file: 'engine/src/rdd/block-partitions.ts',
    before: 'if (block.continues === true && last',
    when: 'block.continues === true',
  },
  {
    state: 'whole block: refused',
    file: 'engine/src/receiving/block-generator.ts',
    before: 'if (refusal !== undefined) return ignoreRejection(Promise.reject(refusal));',
    when: 'refusal !== undefined && this.#isTaking',
  },
  {
    state: 'whole block: waits behind another',
    file: 'engine/src/receiving/block-generator.ts',
    before: 'this.#waiting.add(whole);',
    when: '!this.#waiting.isEmpty',
  },
  {
    state: 'jobs: outputs are made again',
    file: 'engine/src/jobs/dag-scheduler.ts',
    before: 'this.#outputs.remove(shuffleId, mapPartition);',
  },
];

const FILES_SINK = 'sinks/files/src/directory-sink.ts';
const CLAIMS = 'sinks/files/src/partition-claims.ts';
const SQLITE_LEDGER = 'sinks/sqlite/src/ledger.ts';

/** Branches of sinks: re-runs, and leftovers of dead processes. */
const SINKS: readonly Place[] = [
  {
    state: 'files sink: a partition is there already',
    file: FILES_SINK,
    before: "if (entry === undefined || entry.kind === 'file') return entry !== undefined;",
    when: 'entry !== undefined',
  },
  {
    state: 'files sink: a draft of the dead is removed',
    file: 'sinks/files/src/drafts-directory.ts',
    before: 'for (const { name } of entries) await storage.remove(join(directory, name));',
  },
  {
    state: 'files sink: another number of partitions',
    file: CLAIMS,
    before: 'const message = `expected the batch to have ${partitions} partitions',
  },
  {
    state: 'files sink: a torn number of partitions',
    file: CLAIMS,
    before: 'const draft = await createDraft();\n    try {\n      await draft.append(lineOf(partitions));',
  },
  {
    state: 'SQLite sink: a partition is there already',
    file: SQLITE_LEDGER,
    before: "return found?.['written'] === 1;",
    when: "found?.['written'] === 1",
  },
  {
    state: 'SQLite sink: another number of partitions',
    file: SQLITE_LEDGER,
    before: 'if (before !== partitions) throw',
    when: 'before !== partitions',
  },
  {
    state: 'SQLite sink: old rows of the ledger are dropped',
    file: SQLITE_LEDGER,
    before: 'this.#statements.remember.run(',
  },
  {
    state: 'SQLite sink: a transaction is taken back',
    file: 'sinks/sqlite/src/sqlite-connection.ts',
    before: "this.#database.exec('ROLLBACK');",
  },
];

const ALLOCATION = 'engine/src/batches/executor-allocation-manager.ts';

/** Decisions about the number of executors. */
const ALLOCATIONS: readonly Place[] = [
  { state: 'allocation: executors are added', file: ALLOCATION, before: 'scaling.add(target - wanted);' },
  {
    state: 'allocation: an executor receives no new work',
    file: ALLOCATION,
    before: 'serving.draining = executorId;',
  },
  { state: 'allocation: an executor is retired', file: ALLOCATION, before: 'scaling.retire(draining)' },
];

/** Every state reached by a sufficiently long run. */
export const ALL_STATES: readonly string[] = [
  ...PARTS.flatMap(({ part, states }) => states.map((state) => `${part}: ${state}`)),
  ...[...PLACES, ...BRANCHES, ...SINKS, ...ALLOCATIONS].map(({ state }) => state),
];

/** The changes that insert the probes. */
export const STATE_PROBES: readonly (SourcePatch | SourceRewrite)[] = [
  ...PARTS.map(({ part, file }) => ({
    file,
    // At the declaration of the field and at each change.
    rewrite: (source: string) =>
      source.replace(
        /(#state(?:: [^=;]+)? = )'([^']+)'/g,
        (_, left: string, state: string) => `${left}(${noteState(`${part}: ${state}`)}, '${state}')`,
      ),
  })),
  ...[...PLACES, ...BRANCHES, ...SINKS, ...ALLOCATIONS].map(({ state, file, before, when }) => ({
    file,
    find: before,
    replace: `${when === undefined ? '' : `if (${when}) `}${noteState(state)}; ${before}`,
  })),
];

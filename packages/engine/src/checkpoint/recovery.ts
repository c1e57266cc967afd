// Recovery at the start of a driver. The newest checkpoint gives the last done batch and the states of operators; the
// metadata log gives the blocks and their batches. Together both give the point to resume from:
//
//   … done │ doneUpTo │ made, run again with the same blocks │ lastMade │ the time in between │ live …
//
// The new driver's epoch is one more than the highest epoch found, or the number of its term if that is greater.
import {
  type BatchTime,
  type CheckpointStore,
  type Codec,
  type Epoch,
  isMillraceError,
  type Logger,
  type StreamId,
} from '@millrace/core';
import type { ResumePoint } from '../batches/job-generator.ts';
import type { CheckpointParts } from '../graph/checkpointed-state.ts';
import type { DStreamGraph } from '../graph/dstream-graph.ts';
import type { DriverStart, MetadataLog } from '../tracking/metadata-log.ts';
import type { ReceivedBlockTracker } from '../tracking/received-block-tracker.ts';
import { type CheckpointContent, decodeCheckpoint } from './checkpoint-content.ts';
import { checkpointError } from './checkpoint-errors.ts';
import { assertNothingDropped, assertSameIdentity, type Identity, stateTakers } from './match-program.ts';

/** The sources of recovery, and the components that take in the result. */
export interface RecoveryDeps {
  readonly identity: Identity;
  readonly codec: Codec;
  readonly log: Logger;
  readonly graph: DStreamGraph;
  readonly blockTracker: ReceivedBlockTracker;
  readonly metadataLog: MetadataLog;
  readonly store: CheckpointStore | undefined;
  readonly allowDroppedState: boolean;
  /** The smallest epoch of the new driver. */
  readonly epochMin: Epoch;
}

/** The starting point of a driver. */
export interface Recovery {
  readonly epoch: Epoch;
  /** Undefined when there was no earlier driver. */
  readonly resumeFrom: ResumePoint | undefined;
}

/** The facts of the log besides the entries that the tracker takes in. */
interface LogSummary {
  readonly start: DriverStart | undefined;
  /** The last done batch at the time of the latest clean-up. */
  readonly doneUpTo: BatchTime | undefined;
}

/**
 * Takes in everything that earlier drivers left. Called once, before anything is written.
 *
 * @throws `MR_CHECKPOINT_…`, `MR_STATE_…`, `MR_TRACKING_LOG_UNREADABLE`, `MR_GRAPH_INPUT_INVALID`, and the errors of
 * the ports.
 */
export async function recover(setup: RecoveryDeps): Promise<Recovery> {
  const { identity, blockTracker, graph, log, epochMin } = setup;
  assertStateIsKept(setup);
  const found = await newestCheckpoint(setup);
  const content = found?.content;
  if (content !== undefined) assertSameIdentity(content, identity);
  for (const range of content?.skipped ?? []) graph.skipped.add(range);
  const logged = await replay(setup);
  if (logged.start !== undefined) assertSameIdentity(logged.start, identity);
  const nextEpoch = Math.max(content?.epoch ?? 0, logged.start?.epoch ?? 0) + 1;
  const epoch = Math.max(nextEpoch, epochMin);
  const zeroTime = content?.zeroTime ?? logged.start?.zeroTime;
  if (zeroTime === undefined) return { epoch, resumeFrom: undefined };
  const doneUpTo = Math.max(content?.doneUpTo ?? zeroTime, logged.doneUpTo ?? zeroTime);
  const lastMade = Math.max(doneUpTo, content?.lastMade ?? zeroTime, blockTracker.lastAllocated ?? zeroTime);
  const lost = blockTracker.dropLostBlocks(doneUpTo);
  if (lost.blocks > 0)
    log.error('blocks were in the memory of the driver that died and are lost', { ...lost });
  if (found !== undefined) await restoreState(setup, found, doneUpTo);
  graph.recoveredUpTo = doneUpTo;
  for (const batchTime of blockTracker.knownBatches()) {
    graph.recoverBatch(batchTime, {
      inputs: blockTracker.inputsOfBatch(batchTime),
      isDone: batchTime <= doneUpTo,
    });
  }
  log.info('driver continues after an earlier driver', { epoch, zeroTime, doneUpTo, lastMade });
  return { epoch, resumeFrom: { zeroTime, doneUpTo, lastMade } };
}

function assertStateIsKept({ graph, store, metadataLog }: RecoveryDeps): void {
  const stateful = graph.streams
    .filter(({ remembers, state }) => remembers && state?.canBeMadeAnew !== true)
    .map(({ id }) => id);
  if (store !== undefined || !metadataLog.isDurable || stateful.length === 0) return;
  throw checkpointError(
    'MR_CHECKPOINT_NEEDED',
    `${stateful.join(', ')} have state from batch to batch, but there are no checkpoints for the state; set checkpointDirectory`,
    { details: { stateful } },
  );
}

interface Found {
  readonly content: CheckpointContent;
  readonly parts: CheckpointParts;
}

/** The newest checkpoint that can be read, with all parts that the checkpoint names. */
async function newestCheckpoint({ store, codec }: RecoveryDeps): Promise<Found | undefined> {
  let found: Found | undefined;
  await store?.newest(async ({ bytes }) => {
    const content = decodeCheckpoint(codec, bytes);
    const parts = content === undefined ? undefined : await partsOf(content, store, codec);
    found = content === undefined || parts === undefined ? undefined : { content, parts };
    return found !== undefined;
  });
  return found;
}

/**
 * The parts of a checkpoint; undefined when one of the parts cannot be read: recovery then tries an older checkpoint.
 */
async function partsOf(
  content: CheckpointContent,
  store: CheckpointStore,
  codec: Codec,
): Promise<CheckpointParts | undefined> {
  const read = new Map<number, Uint8Array>();
  try {
    for (const part of content.state.flatMap(({ parts }) => parts))
      read.set(part, await store.readPart(part));
  } catch (error) {
    if (isMillraceError(error, 'MR_CHECKPOINT_PART_UNREADABLE')) return undefined;
    throw error;
  }
  return {
    codec,
    read: async (part) => read.get(part) ?? store.readPart(part),
    write: async () => {
      throw new TypeError('nothing is written while state is restored');
    },
  };
}

async function replay({ metadataLog, blockTracker, graph }: RecoveryDeps): Promise<LogSummary> {
  let start: DriverStart | undefined;
  let doneUpTo: BatchTime | undefined;
  await metadataLog.replay((event) => {
    if (event.kind === 'driver-start') start = event;
    else if (event.kind === 'batches-skipped') graph.skipped.add({ from: event.from, to: event.timeMs });
    else blockTracker.replay(event);
    if (event.kind === 'batch-cleanup') doneUpTo = event.doneUpTo;
  });
  return { start, doneUpTo };
}

async function restoreState(
  setup: RecoveryDeps,
  { content, parts }: Found,
  doneUpTo: BatchTime,
): Promise<void> {
  const { graph, log, allowDroppedState, blockTracker } = setup;
  const streamsWithData = streamsOfUnfinished(setup, doneUpTo);
  const dropped = assertNothingDropped({ graph, content, streamsWithData, allowDroppedState, log });
  for (const streamId of dropped) blockTracker.dropStream(streamId);
  if (content.doneUpTo < doneUpTo && content.state.length > 0) {
    assertMayBeginWithoutState(content, doneUpTo, allowDroppedState);
    log.warn('dropping state, the checkpoint is too old', { doneUpTo, checkpoint: content.doneUpTo });
    return;
  }
  for (const [{ data, version }, { state }] of stateTakers(graph, content.state))
    await state?.restoreState({ data, version, batchTime: content.doneUpTo, parts });
}

/** The streams whose blocks wait, or belong to batches that run again. */
function streamsOfUnfinished({ blockTracker }: RecoveryDeps, doneUpTo: BatchTime): Set<StreamId> {
  const streams = new Set(blockTracker.streamsWithUnallocatedBlocks());
  for (const batchTime of blockTracker.knownBatches().filter((time) => time > doneUpTo)) {
    for (const [id, blocks] of blockTracker.blocksOfBatch(batchTime)?.blocks ?? []) {
      if (blocks.length > 0) streams.add(id);
    }
    for (const id of blockTracker.inputsOfBatch(batchTime).keys()) streams.add(id);
  }
  return streams;
}

function assertMayBeginWithoutState(
  content: CheckpointContent,
  doneUpTo: BatchTime,
  allowDroppedState: boolean,
): void {
  if (allowDroppedState) return;
  throw checkpointError(
    'MR_CHECKPOINT_TOO_OLD',
    `the newest readable checkpoint is of batch ${content.doneUpTo}, but the log begins behind batch ${doneUpTo}; ` +
      'restore a newer checkpoint, or set allowDroppedState to begin without state',
    { details: { checkpoint: content.doneUpTo, doneUpTo } },
  );
}

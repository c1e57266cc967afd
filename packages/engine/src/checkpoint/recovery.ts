// What a driver finds when it starts: the newest checkpoint says how far batches were done and what operators knew, the
// metadata log says which blocks there are and which batch has which. Together they are the point to go on from:
//
//   … done │ doneUpTo │ made, run again with the same blocks │ lastMade │ the time in between │ live …
//
// The new driver's epoch is one more than any it finds.
import {
  type BatchTime,
  type CheckpointStore,
  type Codec,
  type Epoch,
  type Logger,
  type StreamId,
} from '@millrace/core';
import type { ResumePoint } from '../batches/index.ts';
import type { DStreamGraph } from '../dstream/index.ts';
import type { DriverStart, MetadataLog, ReceivedBlockTracker } from '../tracking/index.ts';
import { type CheckpointContent, decodeCheckpoint } from './checkpoint-content.ts';
import { checkpointError } from './checkpoint-errors.ts';
import {
  assertNothingDropped,
  assertSameIdentity,
  type Identity,
  statefulOperator,
} from './match-program.ts';

/** What recovery reads, and whom it gives it to. */
export interface RecoverySetup {
  readonly identity: Identity;
  readonly codec: Codec;
  readonly log: Logger;
  readonly graph: DStreamGraph;
  readonly blockTracker: ReceivedBlockTracker;
  readonly metadataLog: MetadataLog;
  readonly store: CheckpointStore | undefined;
  readonly allowDroppedState: boolean;
}

/** What a driver begins with. */
export interface Recovery {
  readonly epoch: Epoch;
  /** Undefined when there was no driver before. */
  readonly resumeFrom: ResumePoint | undefined;
}

/** What the log says besides what the tracker takes in. */
interface LogSummary {
  readonly start: DriverStart | undefined;
  /** Up to where batches were done when something was cleaned up last. */
  readonly doneUpTo: BatchTime | undefined;
}

/**
 * Takes in everything that earlier drivers left. Called once, before anything is written.
 *
 * @throws `MR_CHECKPOINT_…`, `MR_TRACKING_LOG_UNREADABLE`, `MR_GRAPH_INPUT_INVALID`, and what the ports throw.
 */
export async function recover(setup: RecoverySetup): Promise<Recovery> {
  const { identity, blockTracker, graph, log } = setup;
  const content = await newestContent(setup);
  if (content !== undefined) assertSameIdentity(content, identity);
  const logged = await replay(setup);
  if (logged.start !== undefined) assertSameIdentity(logged.start, identity);
  const epoch = Math.max(content?.epoch ?? 0, logged.start?.epoch ?? 0) + 1;
  const zeroTime = content?.zeroTime ?? logged.start?.zeroTime;
  if (zeroTime === undefined) return { epoch, resumeFrom: undefined };
  const doneUpTo = Math.max(content?.doneUpTo ?? zeroTime, logged.doneUpTo ?? zeroTime);
  const lastMade = Math.max(doneUpTo, content?.lastMade ?? zeroTime, blockTracker.lastAllocated ?? zeroTime);
  const lost = blockTracker.dropLostBlocks(doneUpTo);
  if (lost.blocks > 0)
    log.error('blocks were in the memory of the driver that died and are lost', { ...lost });
  if (content !== undefined) await restoreState(setup, content, doneUpTo);
  graph.recoveredUpTo = doneUpTo;
  for (const batchTime of blockTracker.knownBatches()) {
    graph.recoverBatch(batchTime, {
      inputs: blockTracker.inputsOfBatch(batchTime),
      isDone: batchTime <= doneUpTo,
    });
  }
  log.info('a driver goes on where another one ended', { epoch, zeroTime, doneUpTo, lastMade });
  return { epoch, resumeFrom: { zeroTime, doneUpTo, lastMade } };
}

async function newestContent({ store, codec }: RecoverySetup): Promise<CheckpointContent | undefined> {
  let content: CheckpointContent | undefined;
  await store?.newest(({ bytes }) => {
    content = decodeCheckpoint(codec, bytes);
    return content !== undefined;
  });
  return content;
}

async function replay({ metadataLog, blockTracker }: RecoverySetup): Promise<LogSummary> {
  let start: DriverStart | undefined;
  let doneUpTo: BatchTime | undefined;
  await metadataLog.replay((event) => {
    if (event.kind === 'driver-start') start = event;
    else blockTracker.replay(event);
    if (event.kind === 'batch-cleanup') doneUpTo = event.doneUpTo;
  });
  return { start, doneUpTo };
}

async function restoreState(
  setup: RecoverySetup,
  content: CheckpointContent,
  doneUpTo: BatchTime,
): Promise<void> {
  const { graph, log, allowDroppedState, blockTracker } = setup;
  const streamsWithData = streamsOfUnfinished(setup, doneUpTo);
  const dropped = assertNothingDropped({ graph, content, streamsWithData, allowDroppedState, log });
  for (const streamId of dropped) blockTracker.dropStream(streamId);
  if (content.doneUpTo < doneUpTo && content.state.length > 0) {
    assertMayBeginWithoutState(content, doneUpTo, allowDroppedState);
    log.warn('state is dropped, its checkpoint is too old', { doneUpTo, checkpoint: content.doneUpTo });
    return;
  }
  for (const { data, version, ...operator } of content.state) {
    const state = statefulOperator(graph, operator)?.state;
    await state?.restoreState({ data, version, batchTime: content.doneUpTo });
  }
}

/** The streams of which blocks wait or belong to batches that run again. */
function streamsOfUnfinished({ blockTracker }: RecoverySetup, doneUpTo: BatchTime): Set<StreamId> {
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

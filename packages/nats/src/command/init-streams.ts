// Makes the streams of an application, once, before its first start. A stream that exists is compared and left as it is.
import { type Clock, isMillraceError } from '@millrace/core';
import { blockStreamConfigs } from '../blocks/block-streams.ts';
import { clusterError } from '../cluster-errors.ts';
import type { StreamApi } from '../streams/stream-api.ts';
import type { StreamConfig, StreamInfo } from '../streams/stream-shapes.ts';
import { untilAnswered } from '../streams/until-answered.ts';
import { checkedStream } from '../servers/checked-stream.ts';
import { streamConfig, streamDifferences } from '../servers/stream-plan.ts';

/** The streams to make. */
export interface InitRequest {
  readonly app: string;
  readonly replicas: number;
  /** The size of the log, in bytes; absent: 2 GiB. Servers set the size aside. */
  readonly logBytes?: number | undefined;
  /** The size of the stream of checkpoints, in bytes; absent: 16 GiB. */
  readonly checkpointBytes?: number | undefined;
  /** The size of each stream of blocks, in bytes; absent: 16 GiB. 0: no streams of blocks. */
  readonly blockBytes?: number | undefined;
}

/** Collaborators. */
export interface InitDeps {
  readonly api: StreamApi;
  readonly clock: Clock;
  /** Ends the wait for servers without a leader. */
  readonly signal: AbortSignal;
}

/** A stream, and whether it was made now. */
export interface InitializedStream {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly isNew: boolean;
}

/**
 * Makes the streams that do not exist.
 *
 * @throws `MR_CLUSTER_STREAM_UNFIT` for a stream with other settings, or a server that does not repeat a setting;
 *   `MR_CLUSTER_REFUSED`, for instance without room on the disks; errors of the link.
 */
export async function initStreams(
  { app, replicas, logBytes, checkpointBytes, blockBytes }: InitRequest,
  { api, clock, signal }: InitDeps,
): Promise<readonly InitializedStream[]> {
  const patience = { clock, signal };
  const ofBlocks = blockBytes === 0 ? [] : blockStreamConfigs(app, { replicas });
  const planned = [
    sized(streamConfig(app, 'META', { replicas }), logBytes),
    streamConfig(app, 'CTL', { replicas }),
    sized(streamConfig(app, 'CKPT', { replicas }), checkpointBytes),
    ...ofBlocks.map((config) => sized(config, blockBytes)),
  ];
  const streams: InitializedStream[] = [];
  for (const config of planned) {
    const isNew = await untilAnswered(() => isMissing(api, config), patience);
    if (isNew) assertRepeated(config, await untilAnswered(() => api.create(config), patience));
    streams.push({ name: config.name, subjects: config.subjects, isNew });
  }
  return streams;
}

function sized(config: StreamConfig, max_bytes: number | undefined): StreamConfig {
  return max_bytes === undefined ? config : { ...config, max_bytes };
}

async function isMissing(api: StreamApi, config: StreamConfig): Promise<boolean> {
  try {
    await checkedStream(api, config);
    return false;
  } catch (error) {
    if (isMillraceError(error, 'MR_CLUSTER_STREAM_MISSING')) return true;
    throw error;
  }
}

function assertRepeated(planned: StreamConfig, { config }: StreamInfo): void {
  const differences = streamDifferences(planned, config);
  if (differences.length === 0) return;
  const { name } = planned;
  const message = `the server does not repeat settings of the stream ${name}: ${differences.join('; ')}`;
  throw clusterError('MR_CLUSTER_STREAM_UNFIT', message, { details: { stream: name, differences } });
}

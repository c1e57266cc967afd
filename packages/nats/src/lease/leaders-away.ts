// Keeps the leaders of a driver's streams off the server on the driver's own machine. Else the loss of that machine would cost an
// election of the servers, in which nobody can write, before another driver can take over.
//
//   machine of the driver    n1  ──── leader of CTL, META ────►  n2 or n3: one that has everything
import { type Clock, isMillraceError, type Logger } from '@millrace/core';
import type { StreamApi } from '../streams/stream-api.ts';
import type { StreamInfo } from '../streams/stream-shapes.ts';

/** Collaborators. */
export interface LeadersAwayDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** The names of the streams. A stream that does not exist is left out. */
  readonly streams: readonly string[];
  /** The name of the server on this machine; undefined: none, or not known now. */
  readonly ownServer: () => Promise<string | undefined>;
}

/** The period of looks: an election takes as long. */
const LOOK_MS = 5_000;

interface LedStream {
  readonly name: string;
  readonly cluster: NonNullable<StreamInfo['cluster']>;
}

/** Moves leaders for as long as a driver is in charge. */
export class LeadersAway {
  readonly #deps: LeadersAwayDeps;
  #ownServer: string | undefined;

  constructor(deps: LeadersAwayDeps) {
    this.#deps = deps;
  }

  /** Looks at once, and every five seconds until the signal: an election may choose the own server again. Never rejects. */
  async keep(api: StreamApi, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps;
    try {
      for (;;) {
        signal.throwIfAborted();
        await this.#look(api);
        await clock.sleepFor(LOOK_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) log.warn('leaders of streams stay on the machine of this driver', { error });
    }
  }

  async #look(api: StreamApi): Promise<void> {
    this.#ownServer ??= await this.#deps.ownServer();
    const own = this.#ownServer;
    if (own === undefined) return;
    const streams: LedStream[] = [];
    for (const name of this.#deps.streams) {
      const info = await api.info(name).catch(unlessMissed);
      if (info?.cluster !== undefined) streams.push({ name, cluster: info.cluster });
    }
    // One other server leads all: the loss of any other one costs no election.
    let preferred = streams.find(({ cluster }) => cluster.leader !== own)?.cluster.leader;
    for (const stream of streams)
      if (stream.cluster.leader === own) preferred = await this.#move(api, stream, preferred);
  }

  /** The server that was asked to lead. */
  async #move(
    api: StreamApi,
    { name, cluster }: LedStream,
    preferred: string | undefined,
  ): Promise<string | undefined> {
    const able = (cluster.replicas ?? []).filter(({ current, offline }) => current && offline !== true);
    const to = (able.find((one) => one.name === preferred) ?? able[0])?.name;
    if (to === undefined) return preferred;
    await api.stepDown(name, to).catch(unlessMissed);
    this.#deps.log.info('the leader of a stream moves off the machine of this driver', {
      stream: name,
      from: cluster.leader,
      to,
    });
    return to;
  }
}

/** Undefined after an error that the next look may not meet. */
function unlessMissed(error: unknown): undefined {
  const isMissed =
    isMillraceError(error, 'MR_CLUSTER_UNANSWERED') || isMillraceError(error, 'MR_CLUSTER_REFUSED');
  if (!isMissed) throw error;
}

// Connections between executors of different hosts: a session for every message, and beside the session the address of the
// other host's data server, from which an executor fetches buckets and blocks.
import type { Clock, Codec, ExecutorDescription, ExecutorId, Logger } from '@millrace/core';
import type { Connector } from '../transport.ts';
import { parseDataAddress } from './data-address.ts';
import type { DataFetcher, DataWay } from './data-fetcher.ts';
import { DATA_LIMITS, type DataLimits } from './data-limits.ts';
import { DirectPeer } from './direct-peer.ts';
import { PiecedAnswers } from './pieced-answers.ts';

/** The attachment of a connection: data, besides the attachment of the session. */
interface DirectAttachment {
  /** The data server of the other executor, as `host:port`; absent: the other executor has none. */
  readonly address?: string;
  readonly session: unknown;
}

/**
 * The driver's side: connects two executors by a session, and tells each one the data server of the other.
 *
 * @param addressOf The data server of an executor, as `host:port`; undefined: the executor has none.
 */
export function directPair(
  pair: Connector['pair'],
  addressOf: (executor: ExecutorDescription) => string | undefined,
): Connector['pair'] {
  const attachment = (session: unknown, other: ExecutorDescription): DirectAttachment => {
    const address = addressOf(other);
    return { session, ...(address === undefined ? {} : { address }) };
  };
  return (one, two) => {
    const [toOne, toTwo] = pair(one, two);
    return [attachment(toOne, two), attachment(toTwo, one)];
  };
}

/** Collaborators of an executor's side. */
export interface DirectAdoptionDeps {
  /** Adopts the session of an attachment. */
  readonly adopt: Connector['adopt'];
  readonly fetcher: DataFetcher;
  readonly clock: Clock;
  readonly codec: Codec;
  readonly log: Logger;
  /** Differences from `DATA_LIMITS`. */
  readonly limits?: Partial<DataLimits> | undefined;
}

/**
 * The executor's side: buckets and blocks are fetched from the data server of the other executor, and over the session, in
 * pieces, while that server cannot be reached.
 */
export function directAdoption(deps: DirectAdoptionDeps): Connector['adopt'] {
  const { adopt, clock, codec, log } = deps;
  const limits = { ...DATA_LIMITS, ...deps.limits };
  return (attachment, service) => {
    const { address, session } = attachment as DirectAttachment;
    const way = wayTo(address, service.executorId, deps);
    const answers = new PiecedAnswers({ codec, limits, answer: service.answer });
    const peer: DirectPeer = new DirectPeer({
      service,
      way,
      session: adopt(session, {
        ...service,
        answer: (kind, request) => answers.answer(kind, request),
        onClose: () => {
          // The end of the session is the end of the other executor: direct requests end as well.
          peer.close();
          service.onClose();
        },
      }),
      clock,
      codec,
      log,
      limits,
    });
    return peer;
  };
}

/** The way to a data server; undefined without a server, or with an address that is none. */
function wayTo(
  address: string | undefined,
  executorId: ExecutorId,
  { fetcher, log }: DirectAdoptionDeps,
): DataWay | undefined {
  if (address === undefined) return undefined;
  try {
    return fetcher.wayTo(executorId, parseDataAddress(address));
  } catch (error) {
    log.warn('the data server of an executor has an address that is none', { executorId, error });
    return undefined;
  }
}

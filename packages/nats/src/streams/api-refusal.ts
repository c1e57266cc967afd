// Errors in the answers of the API of JetStream. Servers that have no leader for the moment say so in place of an answer, or say
// nothing at all: both end with the election.
import { clusterError } from '../cluster-errors.ts';
import { unanswered } from '../link/requests.ts';

/** The error of an answer, in the protocol's words. */
export interface ApiError {
  readonly code?: number;
  readonly err_code?: number;
  readonly description?: string;
}

/**
 * "JetStream system temporarily unavailable", "JetStream cluster can not handle request", "stream is offline" and "consumer is
 * offline": the servers, or those of one stream, have no leader.
 */
const NO_LEADER: ReadonlySet<number> = new Set([10008, 10009, 10118, 10119]);

/** `MR_CLUSTER_UNANSWERED` while the servers have no leader; `MR_CLUSTER_REFUSED` for every other error. */
export function apiRefusal(subject: string, { code, err_code, description }: ApiError): Error {
  if (err_code !== undefined && NO_LEADER.has(err_code)) return unanswered(subject, 'no-leader');
  const words = `${err_code ?? code ?? ''} ${description ?? ''}`.trim();
  return clusterError('MR_CLUSTER_REFUSED', `a server of NATS refused ${subject}: ${words}`, {
    details: { subject, code: err_code ?? code },
  });
}

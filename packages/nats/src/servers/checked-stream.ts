// Looks at a stream before its first use. A stream with other settings is refused in words: with them, a promise would break
// without a word.
import { clusterError } from '../cluster-errors.ts';
import type { StreamApi } from '../streams/stream-api.ts';
import type { StreamConfig, StreamInfo } from '../streams/stream-shapes.ts';
import { streamDifferences } from './stream-plan.ts';

const REMEDY =
  'correct them with nats stream edit, or with a server that knows them; one copy is for development alone, and the option replicas: 1 says so';

/**
 * The description of a stream with the planned settings.
 *
 * @throws `MR_CLUSTER_STREAM_MISSING`, `MR_CLUSTER_STREAM_UNFIT`, errors of the link.
 */
export async function checkedStream(api: StreamApi, planned: StreamConfig): Promise<StreamInfo> {
  const { name } = planned;
  const info = await api.info(name);
  if (info === undefined) {
    const message = `the servers of NATS have no stream ${name}: make the streams with npx millrace-nats init`;
    throw clusterError('MR_CLUSTER_STREAM_MISSING', message, { details: { stream: name } });
  }
  const differences = streamDifferences(planned, info.config);
  if (differences.length === 0) return info;
  const message = `the stream ${name} has other settings than Millrace needs: ${differences.join('; ')}; ${REMEDY}`;
  throw clusterError('MR_CLUSTER_STREAM_UNFIT', message, { details: { stream: name, differences } });
}

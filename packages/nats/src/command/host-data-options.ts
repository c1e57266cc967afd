// The options of the data server from the command line of `millrace-host`.
import { clusterError } from '../cluster-errors.ts';
import type { HostProcessOptions } from '../hosts/host-process.ts';
import type { AskedHost } from './host-command-line.ts';

/** The options of the data server. @throws `MR_CLUSTER_HOST_USAGE` for a certificate that is not complete. */
export function hostDataOptions(
  asked: AskedHost,
): Pick<HostProcessOptions, 'listen' | 'advertise' | 'dataTls' | 'insecureData'> {
  const { listen, advertise, dataCa: caFile, dataCert: certFile, dataKey: keyFile, insecureData } = asked;
  const given = [caFile, certFile, keyFile].filter((file) => file !== undefined);
  if (caFile === undefined || certFile === undefined || keyFile === undefined) {
    if (given.length === 0) return { listen, advertise, insecureData };
    throw clusterError('MR_CLUSTER_HOST_USAGE', 'expected --data-ca, --data-cert and --data-key together');
  }
  return { listen, advertise, insecureData, dataTls: { caFile, certFile, keyFile } };
}

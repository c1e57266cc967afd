// Compares a host with the driver. The fingerprint of the graph does not show a changed function, so the files of the
// program are compared, and the versions that read each other's messages.
import type { MillraceError } from '@millrace/core';
import { remoteError } from '../remote-errors.ts';
import type { HostProgram, HostVersions } from './host-messages.ts';

/** The refusal, with both sides of each difference; undefined for a host that may run executors. */
export function hostDifference(
  driver: HostProgram,
  host: HostProgram & { readonly host: string },
): MillraceError | undefined {
  const pairs: readonly (readonly [string, string, string])[] = [
    ['wire', `${driver.versions.wire}`, `${host.versions.wire}`],
    ['@millrace/core', driver.versions.millrace, host.versions.millrace],
    ['the major version of Node.js', majorOf(driver.versions), majorOf(host.versions)],
    ['the digest of the program', driver.digest, host.digest],
  ];
  const differing = pairs.filter(([, here, there]) => here !== there);
  if (differing.length === 0) return undefined;
  const list = differing.map(([name, here, there]) => `${name}: driver ${here}, host ${there}`).join('; ');
  return remoteError(
    'MR_REMOTE_HOST_DIFFERS',
    `driver and host ${host.host} must run the same program on the same versions, but differ in ${list}; ` +
      'deploy the program of the driver on the host, and start millrace-host again',
    { details: { host: host.host, driver, found: { versions: host.versions, digest: host.digest } } },
  );
}

function majorOf({ node }: HostVersions): string {
  return node.split('.')[0] ?? node;
}

// The versions of this process, as driver and hosts compare them.
import core from '@millrace/core/package.json' with { type: 'json' };
import { type HostVersions, WIRE_VERSION } from '@millrace/remote';

/** The versions that run here. */
export function ownVersions(): HostVersions {
  return { wire: WIRE_VERSION, millrace: core.version, node: process.version };
}

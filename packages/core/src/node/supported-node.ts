// The first module of the package: an older Node gets one sentence instead of "Promise.withResolvers is not a function"
// from some module behind this one. The module therefore imports only modules that run on an older Node.
import { coreError } from '../errors/core-errors.ts';

/** The oldest supported version of Node: `engines` of the packages. */
export const OLDEST_NODE = '22.12.0';

/** Checks a version of Node. @throws `MR_BOOT_NODE_UNSUPPORTED`. */
export function assertSupportedNode(version: string): void {
  if (!isOlder(version, OLDEST_NODE)) return;
  throw coreError(
    'MR_BOOT_NODE_UNSUPPORTED',
    `Millrace needs Node ${OLDEST_NODE} or newer, but this process runs on Node ${version} (${process.execPath}); install a newer Node, for instance from https://nodejs.org`,
    { details: { version, oldest: OLDEST_NODE } },
  );
}

function isOlder(version: string, than: string): boolean {
  const [parts, others] = [version, than].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10)),
  );
  for (const [index, other] of (others ?? []).entries()) {
    const part = parts?.[index] ?? 0;
    if (part !== other) return part < other;
  }
  return false;
}

assertSupportedNode(process.versions.node);

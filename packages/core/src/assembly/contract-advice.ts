// The message for a package of another contract version: the owner, the required version, the supported versions, the
// fix.
import { SUPPORTED_CONTRACTS } from '../contracts/contract-version.ts';
import manifest from '@millrace/core/package.json' with { type: 'json' };

/** The message of `MR_BOOT_CONTRACT_UNSUPPORTED`. `owner` is for instance `@millrace/wal 0.3.0`. */
export function contractAdvice(owner: string, contract: number): string {
  const served = SUPPORTED_CONTRACTS.join(' and ');
  const fix =
    // bounded: the contracts that this version supports
    contract > Math.max(...SUPPORTED_CONTRACTS)
      ? `install a newer @millrace/core, or another release of the package for contract ${served}`
      : `install a newer release of the package, for contract ${served}`;
  return `${owner} was written for contract ${contract}, but @millrace/core ${manifest.version} serves contract ${served}: ${fix}`;
}

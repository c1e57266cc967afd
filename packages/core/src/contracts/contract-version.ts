// The version of the contracts in this folder, apart from the version of the package (ADR 0001): a package may
// have many releases while what plugins rely on stays the same.

/** The contract version that this package's ports have. A plugin names the one it was written for. */
export const CONTRACT_VERSION = 1;

/** Every contract version this engine still serves. A plugin with another one is refused at assembly. */
export const SUPPORTED_CONTRACTS: readonly number[] = [1];

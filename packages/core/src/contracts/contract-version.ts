// The version of the contracts in this folder, independent of the package version (ADR 0001): a package may have many
// releases without a change of the contracts.

/** The contract version of this package's ports. A plugin names the version that it implements. */
export const CONTRACT_VERSION = 1;

/** Every contract version that this engine supports. A plugin with another version is refused at assembly. */
export const SUPPORTED_CONTRACTS: readonly number[] = [1];

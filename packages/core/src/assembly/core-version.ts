// The version of this package, read from its own manifest, so that a release changes the version in one place only.
import manifest from '../../package.json' with { type: 'json' };

/**
 * The version of @millrace/core, for instance `'1.4.0'`. Printed, never compared: contracts have a version of their
 * own.
 */
export const CORE_VERSION: string = manifest.version;

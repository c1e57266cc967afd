// The version of this package, read from the package's manifest, so that a release changes one place only.
import manifest from '@millrace/harness/package.json' with { type: 'json' };

/** The version of @millrace/harness, for instance `'1.4.0'`. */
export const PACKAGE_VERSION: string = manifest.version;

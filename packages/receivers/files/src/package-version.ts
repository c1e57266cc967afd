// The version of this package, read from the package's manifest, so that a release changes the version in one place
// only.
import manifest from '@millrace/receiver-files/package.json' with { type: 'json' };

/** The version of @millrace/receiver-files, for instance `'1.4.0'`. */
export const PACKAGE_VERSION: string = manifest.version;

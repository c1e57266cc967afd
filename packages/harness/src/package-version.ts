// The version of this package, read from its own manifest, so that a release changes it in one place only.
import manifest from '@millrace/harness/package.json' with { type: 'json' };

/** The version of @millrace/harness, for instance `'1.4.0'`. */
export const PACKAGE_VERSION: string = manifest.version;

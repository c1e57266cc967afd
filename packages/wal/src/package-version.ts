// The version of this package, read from its own manifest, so that a release changes the version in one place only.
import manifest from '@millrace/wal/package.json' with { type: 'json' };

/** The version of @millrace/wal, for instance `'1.4.0'`. */
export const PACKAGE_VERSION: string = manifest.version;

// The version of this package, read from its own manifest, so that a release changes it in one place only.
import manifest from '../package.json' with { type: 'json' };

/** The version of @millrace/engine, for instance `'1.4.0'`. */
export const ENGINE_VERSION: string = manifest.version;

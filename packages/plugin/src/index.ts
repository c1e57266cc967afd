// The public names of millrace-plugin: the functions behind the command, for tools that need no command line.
export type { CheckOutcome, PluginCheck, Problem } from './plugin-check.ts';
export type { PluginManifest, TextMap } from './plugin-manifest.ts';
export { openPlugin, readTarball } from './plugin-tarball.ts';
export type { PluginTarball } from './plugin-tarball.ts';
export { validatePlugin } from './validate-plugin.ts';

// The public names of millrace-plugin: what the command does, for tools that want it without a command line.
export type { CheckOutcome, PluginCheck, Problem } from './plugin-check.ts';
export type { PluginManifest, TextMap } from './plugin-manifest.ts';
export { openPlugin, readTarball } from './plugin-tarball.ts';
export type { PluginTarball } from './plugin-tarball.ts';
export { validatePlugin } from './validate-plugin.ts';

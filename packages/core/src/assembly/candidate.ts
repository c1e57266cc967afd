// A plugin with its layer. Upper layers replace lower layers, port by port.
import type { Plugin } from './plugin.ts';

/**
 * `foundation`: part of every engine. `default`: the caller's fallback for a port without plugin. `given`: chosen by
 * the caller.
 */
export type Layer = 'foundation' | 'default' | 'given';

/** A plugin and its layer. */
export interface Candidate {
  readonly plugin: Plugin;
  readonly layer: Layer;
}

// A plugin as the assembly sees it: with the layer it came in. Upper layers replace lower ones, port by port.
import type { Plugin } from './plugin.ts';

/** `foundation`: what every engine has. `default`: what the caller brings for when no plugin does. `given`: chosen. */
export type Layer = 'foundation' | 'default' | 'given';

/** A plugin and its layer. */
export interface Candidate {
  readonly plugin: Plugin;
  readonly layer: Layer;
}

// State, as the context and the programs see it.
export type { MapWithStateFunction } from './map-with-state.ts';
export { STATE_ERROR_CODES } from './state-errors.ts';
export type { State } from './state-handle.ts';
export type { StateOptions, StateSpec } from './state-spec.ts';
export type { UpdateStateFunction } from './update-state-by-key.ts';

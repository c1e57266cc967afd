// Changes of an observed engine, for pages and tools that follow the engine live.
import type { EngineState, ObservedInput } from './engine-state.ts';
import type { ObservedBatch } from './observed-batch.ts';
import type { Timeline } from './timelines.ts';
import type { Verdict } from './verdict.ts';

/** The state without the timelines, whose new points come with `batch` changes. */
export type LiveState = Omit<EngineState, 'timelines'>;

/** One change. Changes come at most four times a second, once when batches are many, several of one kind in one. */
export type ObserverChange =
  | {
      readonly kind: 'batch';
      /** The batches that have changed since the change before, oldest first, at most the newest 200. */
      readonly batches: readonly ObservedBatch[];
      /** The points of the recent timeline that are new or have changed, oldest first. */
      readonly points: Timeline;
    }
  /** Receivers whose state, limit or last error has changed, with all their amounts; at most 100. */
  | { readonly kind: 'receiver'; readonly inputs: readonly ObservedInput[] }
  /** A change of level, rule or findings at once, a change of words alone at most once a second. */
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** All amounts, once a second and at changes of the state of the engine. */
  | { readonly kind: 'state'; readonly state: LiveState };

/** Receives changes. An error of a listener has no effect on others. */
export type ObserverListener = (change: ObserverChange) => void;

// The part of an observer that the dashboard reads. Tests have sources of their own.
import type { EngineObserver } from '@millrace/observe';

/** The content of a dashboard. */
export type ObservedSource = Pick<
  EngineObserver,
  'state' | 'liveState' | 'batches' | 'batch' | 'subscribe' | 'health' | 'readiness' | 'prometheus'
>;

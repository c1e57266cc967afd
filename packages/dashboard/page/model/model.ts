// All that the page knows: the newest snapshot, brought up to date by messages.
import type { EngineState, ObservedInput, Verdict } from '@millrace/observe';
import type {
  BatchEvent,
  LiveBatchRow,
  LiveSummary,
  ReceiverEvent,
  SnapshotEvent,
} from '../../src/live/live-messages.ts';
import { Points } from './points.ts';

/** The state of the connection to the server. */
export type ConnectionState = 'connecting' | 'live' | 'lost';

const POINTS_MAX = 3_600;
const DAY_POINTS_MAX = 1_440;
const ROWS_MAX = 1_000;

/** The knowledge of the page. */
export class Model {
  connection: ConnectionState = 'connecting';
  summary: LiveSummary | undefined;
  graph: EngineState['graph'] = [];
  readonly inputs = new Map<number, ObservedInput>();
  readonly recent = new Points(POINTS_MAX);
  readonly day = new Points(DAY_POINTS_MAX);
  /** Newest first. */
  rows: readonly LiveBatchRow[] = [];
  hasMoreRows = false;
  /** Called after changes. */
  onChange: () => void = () => undefined;

  /** Begins anew. */
  takeSnapshot(message: SnapshotEvent): void {
    this.summary = message.summary;
    this.graph = message.graph;
    this.inputs.clear();
    for (const input of message.inputs) this.inputs.set(input.streamId, input);
    this.recent.clear();
    this.recent.add(message.timelines.recent);
    this.day.clear();
    this.day.add(message.timelines.day);
    this.rows = message.batches;
    this.hasMoreRows = message.hasMoreBatches;
  }

  /** Takes news. */
  takeBatches({ batches, points, summary, graph }: BatchEvent): void {
    if (summary !== undefined) this.summary = summary;
    if (graph !== undefined) this.graph = graph;
    if (points !== undefined) this.recent.add(points);
    this.addRows(batches);
  }

  /** Adds batches to the list. */
  addRows(batches: readonly LiveBatchRow[]): void {
    if (batches.length === 0) return;
    const times = new Set(batches.map(({ batchTime }) => batchTime));
    this.rows = [...batches, ...this.rows.filter(({ batchTime }) => !times.has(batchTime))]
      .toSorted((a, b) => b.batchTime - a.batchTime)
      .slice(0, ROWS_MAX);
  }

  /** Takes changed inputs. */
  takeInputs({ inputs }: ReceiverEvent): void {
    for (const input of inputs) this.inputs.set(input.streamId, input);
  }

  /** Takes a new verdict. */
  takeVerdict(verdict: Verdict): void {
    if (this.summary !== undefined) this.summary = { ...this.summary, verdict };
  }
}

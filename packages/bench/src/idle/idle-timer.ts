// The least that wakes as often as an idle engine with the same batches: one timer of the host.
import { answerBench } from '../runner/measured-process.ts';
import type { IdleProgram } from './idle-engine.ts';

const { batchIntervalMs } = JSON.parse(process.argv[2] ?? '{}') as IdleProgram;
let ticks = 0;
setInterval(() => (ticks += 1), batchIntervalMs);
answerBench({}, () => ticks);

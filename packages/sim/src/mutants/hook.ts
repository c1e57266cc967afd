// Loaded before everything else in processes that a test of a mutant starts: breaks the engine there as well.
import { patchSources } from '../source-patches.ts';
import { patchesOf } from './index.ts';

patchSources(patchesOf(process.env['MILLRACE_MUTANT']));

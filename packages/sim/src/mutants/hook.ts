// Loaded first in processes started by a test of a mutant: breaks the engine there as well.
import { patchSources } from '../source-patches.ts';
import { patchesOf } from './index.ts';

patchSources(patchesOf(process.env['MILLRACE_MUTANT']));

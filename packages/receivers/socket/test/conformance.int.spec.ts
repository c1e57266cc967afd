import { receiverConformance } from '@millrace/harness/conformance';
import { describe, it } from 'vitest';
import { socketText, socketTextOptions } from '../src/index.ts';
import { LineSource } from './line-source.ts';
import { PUBLISHED_OPTIONS } from './published-options.ts';

receiverConformance(
  { describe, it },
  {
    name: 'socketText',
    module: import.meta.url,
    capabilities: socketText.capabilities,
    create: () => LineSource.create(),
    options: { schema: socketTextOptions, published: PUBLISHED_OPTIONS },
  },
);

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assertSupportedNode, OLDEST_NODE } from './supported-node.ts';

describe('the version of Node', () => {
  it.each(['20.20.2', '18.0.0', '22.11.9', '22.0.0', '9.99.99'])('%s is refused by name', (version) => {
    expect(() => assertSupportedNode(version)).toThrow(
      expect.objectContaining({
        code: 'MR_BOOT_NODE_UNSUPPORTED',
        message: expect.stringContaining(
          `needs Node 22.12.0 or newer, but this process runs on Node ${version}`,
        ) as string,
      }),
    );
  });

  it.each(['22.12.0', '22.18.1', '22.20.0', '23.0.0', '24.21.0', '100.0.0-pre'])(
    '%s is accepted',
    (version) => {
      expect(() => assertSupportedNode(version)).not.toThrow();
    },
  );

  it('is the one of engines', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      readonly engines: { readonly node: string };
    };
    expect(`${manifest.engines.node.replace('>=', '')}.0`).toBe(OLDEST_NODE);
  });
});

import { SchedulingPolicy } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { loadBalancedScheduling, localityScheduling, roundRobinScheduling } from './index.ts';

describe.each([
  ['round-robin', roundRobinScheduling],
  ['locality', localityScheduling],
  ['load-balanced', loadBalancedScheduling],
])('the plugin of %s scheduling', (name, plugin) => {
  it('replaces the policy of the engine', () => {
    const engine = assemblePorts([plugin()]);
    expect(engine.ports.get(SchedulingPolicy).name).toBe(name);
    expect(engine.bindings.find(({ port }) => port === 'SchedulingPolicy')).toMatchObject({
      plugin: `@millrace/scheduling/${name}`,
      isDefault: false,
    });
  });

  it('takes no options', () => {
    expect(() => plugin({ speed: 1 } as never)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }),
    );
  });
});

describe('the plugins of this package', () => {
  it('exclude each other', () => {
    expect(() => assemblePorts([roundRobinScheduling(), localityScheduling()])).toThrow(
      expect.objectContaining({ code: 'MR_BOOT_DUPLICATE_PROVIDER' }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { initReport } from './init-report.ts';

const META = { name: 'ML_a_META', subjects: ['ml.a.meta'], isNew: true };
const BLOCKS = { name: 'ML_a_BLK_0', subjects: ['ml.a.blk.0'], isNew: false };

/** The subjects that each of the two users may publish on. */
function published(report: string): readonly string[] {
  return [...report.matchAll(/publish \{ allow: \[(.*)\] \}/g)].map(([, subjects = '']) => subjects);
}

describe('the report of millrace-nats init', () => {
  it('lets hosts write and read blocks, and neither remove blocks nor reach other streams', () => {
    const [driver = '', host = ''] = published(initReport('a', [META, BLOCKS]));
    for (const subject of ['ml.a.blk.*', '$JS.API.DIRECT.GET.ML_a_BLK_0', '$JS.API.STREAM.INFO.ML_a_BLK_0'])
      expect(host).toContain(`"${subject}"`);
    expect(host).not.toContain('PURGE');
    expect(host).not.toContain('META');
    expect(driver).toContain('"$JS.API.STREAM.PURGE.ML_a_BLK_0"');
    expect(driver).toContain('"$JS.API.DIRECT.GET.ML_a_BLK_0"');
  });

  it('lets drivers alone move leaders, and those of decisions and lease alone', () => {
    const lease = { name: 'ML_a_CTL', subjects: ['ml.a.ctl.>'], isNew: true };
    const [driver = '', host = ''] = published(initReport('a', [META, lease, BLOCKS]));
    const moved = [...driver.matchAll(/STEPDOWN\.(\w+)/g)].map(([, name]) => name);
    expect(moved).toEqual(['ML_a_META', 'ML_a_CTL']);
    expect(host).not.toContain('STEPDOWN');
  });

  it('says nothing about blocks without their streams', () => {
    const [, host = ''] = published(initReport('a', [META]));
    expect(host).not.toContain('blk');
  });
});

// The files of the guide to several machines are well-formed, use options that the command has, and agree with each other and
// with the page: servers, grace periods, exit codes, probes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const file = (name: string) => read(`docs/guides/several-machines/${name}`);
const page = read('docs/guides/several-machines.md');
const command = ['host', 'link']
  .map((options) => read(`packages/nats/src/command/${options}-command-line.ts`))
  .join('\n');
const known = new Set(
  [...command.matchAll(/Option\(\s*'(--[a-z-]+)|option\(\s*'(--[a-z-]+)/g)].map(([, a, b]) => a ?? b),
);
const stopSeconds = Number(/deadlineMs: seconds\((\d+)\)/.exec(page)?.[1]);

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly clusterIP?: string;
    readonly replicas: number;
    readonly serviceName: string;
    readonly selector: { readonly matchLabels?: object };
    readonly ports: readonly { readonly port: number }[];
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly Container[];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
  };
}

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe?: { readonly httpGet: object };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** The documents of a file. */
function manifests(name: string): readonly Manifest[] {
  return parseAllDocuments(file(name), { strict: true }).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS() as Manifest;
  });
}

const [drivers] = manifests('drivers.yaml');
const [service, hosts] = manifests('hosts.yaml');
const containerOf = (set: Manifest | undefined) => set?.spec.template.spec.containers[0];
const [driver, host] = [containerOf(drivers), containerOf(hosts)];
const valueOf = (container: Container | undefined, name: string) =>
  container?.env.find((entry) => entry.name === name)?.value;
const optionOf = (name: string) =>
  host?.command.find((text) => text.startsWith(`--${name}=`))?.slice(`--${name}=`.length);

describe('the manifests', () => {
  it('run drivers and hosts from one image, each set found by its labels', () => {
    expect([drivers?.kind, hosts?.kind, service?.kind]).toEqual(['StatefulSet', 'StatefulSet', 'Service']);
    expect(drivers?.spec.replicas).toBeGreaterThan(1);
    expect(driver?.image).toBe(host?.image);
    for (const set of [drivers, hosts])
      expect(set?.spec.template.metadata.labels).toEqual(set?.spec.selector.matchLabels);
  });

  it('grant more time than the program takes to stop', () => {
    for (const set of [drivers, hosts])
      expect(set?.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(stopSeconds);
  });

  it('ask drivers for health, so that a driver that stands by holds up no update', () => {
    expect(driver?.readinessProbe?.httpGet).toEqual({ path: '/healthz', port: 'dashboard' });
    expect(driver?.ports).toEqual([{ name: 'dashboard', containerPort: 4040 }]);
  });

  it('set each variable that the program reads, alike for drivers and hosts', () => {
    const [, names = ''] = /const \{ (NATS_[^}]*) \} = process\.env/.exec(page) ?? [];
    const variables = [...names.matchAll(/NATS_[A-Z]+/g)].map(String);
    expect(variables).toHaveLength(4);
    for (const name of variables)
      expect([valueOf(driver, name), valueOf(host, name)]).not.toContain(undefined);
    expect(valueOf(host, 'NATS_MONITORS')).toBe(valueOf(driver, 'NATS_MONITORS'));
    expect([optionOf('servers'), valueOf(host, 'NATS_SERVERS')]).toEqual(
      Array.from({ length: 2 }, () => valueOf(driver, 'NATS_SERVERS')),
    );
    expect([optionOf('nkey'), optionOf('tls-ca')]).toEqual([
      valueOf(host, 'NATS_NKEY'),
      valueOf(host, 'NATS_CA'),
    ]);
  });

  it('advertise the address that the headless service gives to a pod', () => {
    expect([service?.spec.clusterIP, service?.metadata.name]).toEqual(['None', hosts?.spec.serviceName]);
    expect(optionOf('advertise')).toBe(
      `$(POD_NAME).${service?.metadata.name}.default.svc:${service?.spec.ports[0]?.port}`,
    );
    expect(optionOf('name')).toBe('$(POD_NAME)');
  });

  it('mount each volume, and read secrets from mounted places', () => {
    for (const [set, container] of [[drivers, driver] as const, [hosts, host] as const]) {
      const mounts = container?.volumeMounts ?? [];
      expect(mounts.map(({ name }) => name).toSorted()).toEqual(
        set?.spec.template.spec.volumes.map(({ name }) => name).toSorted(),
      );
      const texts = [...(container?.command ?? []), ...(container?.env ?? []).map(({ value = '' }) => value)];
      for (const [path] of texts.join(' ').matchAll(/\/secrets\/[a-z]+/g))
        expect(mounts.map(({ mountPath }) => mountPath)).toContain(path);
    }
  });
});

describe('the units of systemd', () => {
  it.each(['delays-driver.service', 'delays-host.service'])('%s grants time for the stop', (name) => {
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(file(name))?.[1])).toBeGreaterThan(stopSeconds);
  });

  it('start a driver again whose place another driver has taken, and not after a stop of the application', () => {
    expect(file('delays-driver.service')).toMatch(/^Restart=on-failure\nRestartForceExitStatus=75$/m);
  });
});

describe('millrace-host', () => {
  it.each([
    ['hosts.yaml', host?.command.join(' ') ?? ''],
    ['delays-host.service', /^ExecStart=([\s\S]*?[^\\])$/m.exec(file('delays-host.service'))?.[1] ?? ''],
  ])('has the options in %s', (_name, text) => {
    const used = [...text.matchAll(/--[a-z-]+/g)].map(String);
    expect(used.length).toBeGreaterThan(9);
    expect(used.filter((option) => !known.has(option))).toEqual([]);
  });
});

it('nats.conf syncs always, admits messages of the driver, and notices cut connections', () => {
  expect(file('nats.conf')).toMatch(/^ {2}sync_interval: always$/m);
  expect(file('nats.conf')).toMatch(/^max_payload: 8MB$/m);
  expect(file('nats.conf')).toMatch(/^ping_interval: "1s"\nping_max: 2$/m);
});

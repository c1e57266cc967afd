// The manifests of the guide to production are well-formed, and agree with the project of `npm create millrace`: directory,
// health path, time for a stop, memory.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));
const template = `${root}packages/create-app/template/`;
const read = (path: string) => readFileSync(path, 'utf8');
const dockerfile = read(`${template}Dockerfile`);

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: { readonly runAsNonRoot: boolean };
  readonly containers: readonly Container[];
  readonly volumes: readonly {
    readonly name: string;
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
}

interface Container {
  readonly command?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name?: string };
  readonly spec: {
    readonly replicas: number;
    readonly selector: Readonly<Record<string, unknown>>;
    readonly template: { readonly metadata?: { readonly labels: object }; readonly spec: Pod };
    readonly volumeClaimTemplates: readonly { readonly spec: { readonly accessModes: readonly string[] } }[];
  };
}

/** The documents of a file. */
function manifests(name: string): readonly Manifest[] {
  const documents = parseAllDocuments(read(`${root}docs/guides/in-production/${name}`), { strict: true });
  return documents.map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS() as Manifest;
  });
}

const dataDirectory = /DATA_DIR=(\S+)/.exec(dockerfile)?.[1];

describe('kubernetes.yaml', () => {
  const [service, set] = manifests('kubernetes.yaml');
  const pod = set?.spec.template.spec;
  const [container] = pod?.containers ?? [];
  const setting = (name: string) => container?.env.find((entry) => entry.name === name)?.value;

  it('runs one pod, which the service finds', () => {
    expect([service?.kind, set?.kind, set?.spec.replicas]).toEqual(['Service', 'StatefulSet', 1]);
    expect(set?.spec.template.metadata?.labels).toEqual(service?.spec.selector);
    expect(set?.spec.volumeClaimTemplates[0]?.spec.accessModes).toEqual(['ReadWriteOncePod']);
  });

  it('keeps the directory of the image on the volume, as a user without rights', () => {
    expect(container?.volumeMounts).toContainEqual({ name: 'data', mountPath: dataDirectory });
    expect(setting('DATA_DIR')).toBe(dataDirectory);
    expect(pod?.securityContext.runAsNonRoot).toBe(true);
  });

  it('grants more time than the program takes to stop', () => {
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(Number(setting('STOP_SECONDS')));
  });

  it('asks the health path of the project, on its port', () => {
    const [, path] = /healthPath: '([^']+)'/.exec(read(`${template}src/main.ts`)) ?? [];
    const [, port, health, page] = /EXPOSE (\d+) (\d+) (\d+)/.exec(dockerfile) ?? [];
    expect(container?.ports).toEqual([
      { name: 'records', containerPort: Number(port) },
      { name: 'health', containerPort: Number(health) },
      { name: 'dashboard', containerPort: Number(page) },
    ]);
    for (const probe of [container?.startupProbe, container?.livenessProbe]) {
      expect(probe?.httpGet).toEqual({ path, port: 'health' });
    }
    expect(container?.readinessProbe?.httpGet).toEqual({ path: `${path}?ready`, port: 'health' });
  });

  it('has room beside the heap', () => {
    const [, heapMiB] = /--max-old-space-size=(\d+)/.exec(dockerfile) ?? [];
    expect(Number.parseInt(container?.resources.limits.memory ?? '', 10) * 0.75).toBeGreaterThan(
      Number(heapMiB),
    );
  });
});

describe('unlock-job.yaml', () => {
  it('runs the command on the volume of the pod', () => {
    const [job] = manifests('unlock-job.yaml');
    const pod = job?.spec.template.spec;
    expect(job?.kind).toBe('Job');
    expect(pod?.containers[0]?.command).toEqual([
      'node_modules/.bin/millrace',
      'unlock',
      dataDirectory,
      '--yes',
    ]);
    const [, set] = manifests('kubernetes.yaml');
    expect(pod?.volumes[0]?.persistentVolumeClaim?.claimName).toBe(`data-${set?.metadata.name}-0`);
  });
});

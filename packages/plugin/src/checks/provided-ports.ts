// The ports that a package provides, read from its packed sources, and the kits for these ports.
import * as kits from '@millrace/testing/conformance';
import type { PluginTarball } from '../plugin-tarball.ts';

/** Versions of the kits in this installation, by port. */
export const KIT_VERSIONS: ReadonlyMap<string, number> = new Map(
  Object.values(kits).flatMap((kit) =>
    typeof kit === 'object' && 'port' in kit ? [[kit.port, kit.version] as const] : [],
  ),
);

/** The words of a source that make a receiver or a sink, which are no ports of `provides`. */
const RECEIVER_OR_SINK =
  /\bdefineReceiver\s*\(|\bimplements\s+(?:Receiver|Sink)\b|\bfrom(?:AsyncIterable|NodeStream|WebStream|EventEmitter)\s*\(/;

/** Ports in `provides: [A, B]` of the packed sources; undefined when the package has receivers or sinks, or no such list. */
export function providedPorts(plugin: PluginTarball): readonly string[] | undefined {
  const sources = sourceTexts(plugin);
  const keywords = ['millrace-receiver', 'millrace-sink'];
  if (plugin.manifest.keywords.some((keyword) => keywords.includes(keyword))) return undefined;
  if (sources.some((text) => RECEIVER_OR_SINK.test(text))) return undefined;
  const lists = sources.flatMap((text) => [...text.matchAll(/\bprovides:\s*\[([^\]]*)\]/g)]);
  const ports = new Set(lists.flatMap(([, names = '']) => names.match(/\w+/g) ?? []));
  return ports.size === 0 ? undefined : [...ports];
}

/** True when a kit for the port exists; the kit of a factory has the name of the product. */
export function hasKit(port: string): boolean {
  return KIT_VERSIONS.has(port) || KIT_VERSIONS.has(port.replace(/Factory$/, ''));
}

/** The texts of the packed sources. */
export function sourceTexts({ files, text }: Pick<PluginTarball, 'files' | 'text'>): readonly string[] {
  return files.filter((file) => /^src\/.*\.[cm]?[jt]sx?$/.test(file)).map((file) => text(file) ?? '');
}

import type { EngineSettings } from '../engine/engine.ts';
import type { Model } from '../model/model.ts';
import type { ServePlan } from '../plan.ts';

/** What a team runs: the engine, and the proxy that its people's tools speak to. */
export interface TeamPlan {
  readonly name: string;
  readonly plan: ServePlan;
  /** The image of this program for the proxy; without one it is built from a checkout, or must be. */
  readonly proxyImage?: string;
  /** Version of this program. */
  readonly version: string;
}

/** Where a container finds a model that is a folder here. */
export const MODEL_FOLDER = '/model';
export const PROXY_PORT = 8080;
/** What the proxy shows the engine, and what people show the proxy. */
export const UPSTREAM_KEY = 'SERA_UPSTREAM_KEY';
export const PROXY_KEY = 'SERA_PROXY_KEY';
const ENGINE_KEY = 'SERA_ENGINE_KEY';

export function teamSource({ place, source }: Model): string {
  return place === 'hub' ? source : MODEL_FOLDER;
}

/** The engine's command, and the variable that it takes the key from. */
export function engineCommand({ engine, command }: ServePlan): { command: string[]; variable: string } {
  if ('variable' in engine.key) return { command: [...command], variable: engine.key.variable };
  const script = `umask 077; printf 'api-key: "%s"\\n' "$${ENGINE_KEY}" > /tmp/options.yaml; exec "$@" ${engine.key.option} /tmp/options.yaml`;
  return { command: ['sh', '-c', script, 'sh', ...command], variable: ENGINE_KEY };
}

/** The proxy's arguments. */
export function proxyArguments(upstream: string, { name }: EngineSettings): string[] {
  return [
    'proxy',
    ...['--upstream', upstream, '--model', name],
    ...['--host', '0.0.0.0', '--port', String(PROXY_PORT)],
    ...['--api-key-env', PROXY_KEY, '--upstream-key-env', UPSTREAM_KEY],
  ];
}

/** Ends with status 0 where a server on this port of the container is well; written for what its image has. */
export function healthCommand(runtime: 'python' | 'node', port: number): string[] {
  const url = `http://127.0.0.1:${port}/health`;
  return runtime === 'python'
    ? ['python3', '-c', `import urllib.request; urllib.request.urlopen("${url}", timeout=5)`]
    : ['node', '-e', `fetch("${url}").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`];
}

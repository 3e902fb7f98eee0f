import type { ClientRequest } from '../conversation.ts';
import { openPaths, type Paths } from '../paths/paths.ts';
import { findKit, type ToolKit } from '../tools/kit.ts';
import type { Dialogue } from './dialogue.ts';
import { nativeDialogue } from './native.ts';
import { rolloutDialogue } from './rollout.ts';
import { workdirOf } from './workdir.ts';

/** What a model was trained on: `native` is a model that takes any client's tools. */
export type ProxyProfile = 'swe-agent' | 'mini' | 'native';

export interface TranslationSettings {
  readonly profile: ProxyProfile;
  /** The client's folder; from its own words where left out, else the proxy's own. */
  readonly workdir: string | undefined;
  /** Names of the client's tools that the model is offered as they are. */
  readonly passTools: readonly string[];
}

export interface Translated {
  readonly dialogue: Dialogue;
  /** The client's folder, where paths are translated. */
  readonly root: string | undefined;
}

/**
 * Reads a client's request as the model is to see it. A request without a shell among its tools is none of a rollout
 * (a title, a summary): it goes on as it is.
 */
export async function translate(request: ClientRequest, settings: TranslationSettings): Promise<Translated> {
  const { profile, passTools } = settings;
  if (profile === 'native') return { dialogue: nativeDialogue(request), root: undefined };
  const kit = kitOf(request.tools);
  if (kit === undefined) return { dialogue: nativeDialogue(request), root: undefined };
  const paths = pathsOf(settings.workdir ?? workdirOf(request) ?? process.cwd());
  return { dialogue: await rolloutDialogue(request, { kit, paths, passTools, profile }), root: paths.root };
}

const kits = new WeakMap<ClientRequest['tools'], { readonly kit: ToolKit | undefined }>();

/** Tools that come again are the same objects. */
function kitOf(tools: ClientRequest['tools']): ToolKit | undefined {
  const known = kits.get(tools) ?? { kit: findKit(tools) };
  kits.set(tools, known);
  return known.kit;
}

const opened = new Map<string, Paths>();
const MOST_OPENED = 64;

/** Each folder's links are looked up once. */
function pathsOf(folder: string): Paths {
  const known = opened.get(folder);
  if (known) return known;
  if (opened.size === MOST_OPENED) opened.clear();
  const paths = openPaths(folder);
  opened.set(folder, paths);
  return paths;
}

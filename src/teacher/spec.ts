import { TeacherSpecError } from './errors.ts';

/** One member of a teacher specification. */
export type TeacherSpec =
  | { readonly kind: 'offline' }
  | { readonly kind: 'replay'; readonly file: string }
  | EndpointSpec;

export interface EndpointSpec {
  readonly kind: 'openai' | 'anthropic';
  readonly model: string;
  /** Base address without a trailing slash: `https://api.z.ai/api/paas/v4`, `https://api.anthropic.com/v1`. */
  readonly url: string;
}

const FORMS = 'offline, openai:MODEL@URL, anthropic:MODEL, replay:FILE';
const ANTHROPIC = 'https://api.anthropic.com/v1';
/** What the two protocols append to a base address; a person may have pasted it along. */
const PROTOCOL_PATH = /\/(chat\/completions|messages)$/;

/**
 * Reads `offline`, `replay:FILE`, `openai:MODEL@URL`, `anthropic:MODEL[@URL]`; several of the last two with commas.
 *
 * @throws TeacherSpecError
 */
export function parseSpec(text: string): TeacherSpec[] {
  if (text.startsWith('replay:')) return [replay(text)];
  const members = text.split(',').map((member) => parseMember(member.trim(), text));
  if (members.length > 1 && members.some(({ kind }) => kind === 'offline' || kind === 'replay')) {
    throw new TeacherSpecError(`Teacher "${shown(text)}": offline and replay stand alone.`);
  }
  return members;
}

function replay(text: string): TeacherSpec {
  const file = text.slice('replay:'.length);
  if (file === '') throw new TeacherSpecError('Teacher "replay:" names no file: write replay:FILE.');
  return { kind: 'replay', file };
}

function parseMember(member: string, whole: string): TeacherSpec {
  if (member === 'offline') return { kind: 'offline' };
  const colon = member.indexOf(':');
  const kind = member.slice(0, Math.max(colon, 0));
  const rest = member.slice(colon + 1);
  if (kind === 'openai' || kind === 'anthropic') return endpoint(kind, rest, member);
  if (kind === 'replay') return replay(member);
  const where = member === whole ? '' : ` in "${shown(whole)}"`;
  throw new TeacherSpecError(`"${shown(member)}"${where} is no teacher: write one of ${FORMS}.`);
}

function endpoint(kind: 'openai' | 'anthropic', rest: string, member: string): EndpointSpec {
  const at = rest.search(/@[a-z][a-z0-9+.-]*:\/\//i);
  const model = at < 0 ? rest : rest.slice(0, at);
  const fault = (what: string) => new TeacherSpecError(`Teacher "${shown(member)}" ${what}`);
  if (model.trim() === '') throw fault(`names no model: write ${kind}:MODEL@URL.`);
  if (/\s/.test(model)) throw fault('has a space in its model name.');
  if (at >= 0) return { kind, model, url: baseUrl(rest.slice(at + 1), fault) };
  if (kind === 'anthropic') return { kind, model, url: ANTHROPIC };
  throw fault(
    `has no address: write openai:${shown(model)}@URL, such as openai:GLM-4.6@https://api.z.ai/api/paas/v4.`,
  );
}

function baseUrl(text: string, fault: (what: string) => TeacherSpecError): string {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') throw fault('has an address that cannot be read.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw fault('needs an address with http:// or https://.');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw fault('may hold no password or parameters in its address: keys come from the environment.');
  }
  const path = url.pathname.replace(/\/+$/, '').replace(PROTOCOL_PATH, '');
  return `${url.origin}${path === '' ? '/v1' : path}`;
}

/** A person may have typed a key into the address: it is not shown again. */
function shown(text: string): string {
  return text.replace(/:\/\/[^/@\s]*@/g, '://…@').replace(/[?#][^,\s]*/g, '?…');
}

/** The specification as it may be stored and printed. */
export function formatSpec(specs: readonly TeacherSpec[]): string {
  return specs
    .map((spec) => {
      if (spec.kind === 'offline') return 'offline';
      if (spec.kind === 'replay') return `replay:${spec.file}`;
      return spec.url === ANTHROPIC ? `anthropic:${spec.model}` : `${spec.kind}:${spec.model}@${spec.url}`;
    })
    .join(',');
}

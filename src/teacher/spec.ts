import { TeacherSpecError } from './errors.ts';

/** A teacher specification as data. */
export type TeacherSpec =
  | { readonly kind: 'offline' }
  | { readonly kind: 'replay'; readonly file: string }
  | { readonly kind: 'endpoints'; readonly endpoints: readonly EndpointSpec[] };

export interface EndpointSpec {
  readonly kind: 'openai' | 'anthropic';
  readonly model: string;
  /** Base address without a trailing slash: `https://api.z.ai/api/paas/v4`, `https://api.anthropic.com/v1`. */
  readonly url: string;
}

const FORMS = 'offline, openai:MODEL@URL, anthropic:MODEL, replay:FILE';
const FORM = { openai: 'openai:MODEL@URL', anthropic: 'anthropic:MODEL' };
const ANTHROPIC = 'https://api.anthropic.com/v1';
/** What the two protocols append to a base address; a person may have pasted it along. */
const PROTOCOL_PATH = /\/(chat\/completions|messages)$/;

/**
 * Reads `offline`, `replay:FILE`, `openai:MODEL@URL`, `anthropic:MODEL[@URL]`; several of the last two with commas.
 *
 * @throws TeacherSpecError
 */
export function parseSpec(text: string): TeacherSpec {
  if (text.trim() === 'offline') return { kind: 'offline' };
  if (text.startsWith('replay:')) return replay(text.slice('replay:'.length));
  return { kind: 'endpoints', endpoints: text.split(',').map((member) => parseMember(member.trim(), text)) };
}

function replay(file: string): TeacherSpec {
  if (file === '') throw new TeacherSpecError('Teacher "replay:" names no file: write replay:FILE.');
  return { kind: 'replay', file };
}

function parseMember(member: string, whole: string): EndpointSpec {
  const [kind = '', ...rest] = member.split(':');
  if (kind === 'openai' || kind === 'anthropic') return endpoint(kind, rest.join(':'), member);
  const where = member === whole ? '' : ` in "${shown(whole)}"`;
  if (kind === 'offline' || kind === 'replay') {
    throw new TeacherSpecError(`"${shown(member)}"${where} stands alone or not at all.`);
  }
  throw new TeacherSpecError(`"${shown(member)}"${where} is no teacher: write one of ${FORMS}.`);
}

function endpoint(kind: 'openai' | 'anthropic', rest: string, member: string): EndpointSpec {
  const at = rest.search(/@[a-z][a-z0-9+.-]*:\/\//i);
  const model = at < 0 ? rest : rest.slice(0, at);
  const fault = (what: string) => new TeacherSpecError(`Teacher "${shown(member)}" ${what}`);
  if (model.trim() === '') throw fault(`names no model: write ${FORM[kind]}.`);
  if (/\s/.test(model)) throw fault('has a space in its model name.');
  if (at >= 0) return { kind, model, url: versioned(kind, baseUrl(rest.slice(at + 1), fault)) };
  if (kind === 'anthropic') return { kind, model, url: ANTHROPIC };
  const host = model.lastIndexOf('@');
  const form = host < 0 ? `${model}@URL` : `${model.slice(0, host)}@http://${model.slice(host + 1)}`;
  throw fault(`has no address: write openai:${shown(form)}.`);
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
  return `${url.origin}${path}`;
}

/** Addresses of the Messages API are given without its version; of chat completions only where there is no path. */
function versioned(kind: EndpointSpec['kind'], url: string): string {
  const bare = kind === 'anthropic' ? !/\/v\d+$/.test(url) : new URL(url).pathname === '/';
  return bare ? `${url}/v1` : url;
}

/** A person may have typed a key into the address: it is not shown again. */
function shown(text: string): string {
  return text.replace(/:\/\/[^/@\s]*@/g, '://…@').replace(/[?#][^,\s]*/g, '?…');
}

/** The endpoints as they may be stored and printed. */
export function formatEndpoints(endpoints: readonly EndpointSpec[]): string {
  return endpoints
    .map(({ kind, model, url }) =>
      kind === 'anthropic' && url === ANTHROPIC ? `${kind}:${model}` : `${kind}:${model}@${url}`,
    )
    .join(',');
}

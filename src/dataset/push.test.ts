import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PushOptions, type PushProgress, pushDataset } from './push.ts';

/** A Hub that takes small files in the commit itself, as the real one does. */
interface Hub {
  readonly server: Server;
  readonly url: string;
  /** Visibility of the repositories that there are. */
  readonly repositories: Map<string, string>;
  /** Path and text of every file of the last commit. */
  files: Record<string, string>;
}

let folder: string;
let hub: Hub;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-push-'));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'sera.json'), '{}');
  await writeFile(join(folder, 'data/train.jsonl'), 'a line\n');
  hub = await startHub();
});
afterEach(async () => {
  hub.server.close();
  await rm(folder, { recursive: true });
});

async function startHub(): Promise<Hub> {
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const { status, answer } = answerTo(request, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}`, repositories: new Map(), files: {} };
}

function answerTo({ url = '', headers }: IncomingMessage, body: string): { status: number; answer: unknown } {
  if (headers.authorization !== 'Bearer hf_right') return { status: 401, answer: { error: 'Unauthorized' } };
  if (url === '/api/repos/create') {
    const { organization, name, visibility } = JSON.parse(body);
    const id = `${organization}/${name}`;
    if (hub.repositories.has(id)) return { status: 409, answer: { error: 'You already created it' } };
    hub.repositories.set(id, visibility);
    return { status: 200, answer: { url: `${hub.url}/datasets/${id}`, id: '1' } };
  }
  if (url.includes('/preupload/')) {
    const files = JSON.parse(body).files.map(({ path }: { path: string }) => ({
      path,
      uploadMode: 'regular',
      shouldIgnore: false,
    }));
    return { status: 200, answer: { files } };
  }
  if (url.includes('/commit/')) {
    const lines = body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const files = lines.filter(({ key }) => key === 'file').map(({ value }) => value);
    hub.files = Object.fromEntries(
      files.map((file) => [file.path, Buffer.from(file.content, file.encoding).toString()]),
    );
    return { status: 200, answer: { commitOid: 'c', commitUrl: `${hub.url}/c`, hookOutput: '' } };
  }
  const name = /^\/api\/datasets\/([^/?]+\/[^/?]+)/.exec(url)?.[1] ?? '';
  const visibility = hub.repositories.get(name);
  if (!visibility) return { status: 404, answer: { error: 'Not found' } };
  return { status: 200, answer: { _id: '1', id: name, private: visibility === 'private', gated: false } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const push = ({ key, ...fields }: Partial<PushOptions> & { key?: string } = {}) =>
  pushDataset({
    folder,
    name: 'team/flask',
    isPublic: false,
    hubUrl: hub.url,
    environment: { HF_TOKEN: key ?? 'hf_right' },
    ...fields,
  });

test('a data set goes to a private repository, and again without harm', async () => {
  expect(await push()).toEqual({ url: `${hub.url}/datasets/team/flask`, files: 2, bytes: 9 });
  expect(hub.repositories).toEqual(new Map([['team/flask', 'private']]));
  expect(hub.files).toEqual({ 'sera.json': '{}', 'data/train.jsonl': 'a line\n' });
  hub.files = {};
  await push();
  expect(Object.keys(hub.files)).toHaveLength(2);
});

test('to a public one only when asked for', async () => {
  await push({ isPublic: true });
  expect(hub.repositories.get('team/flask')).toBe('public');
  hub.files = {};
  await expect(push()).rejects.toThrow(/team\/flask is public on the Hub: give --public/);
  expect(hub.files).toEqual({});
});

test('to a private one that is there stays private, and says so where public was asked for', async () => {
  await push();
  hub.files = {};
  await expect(push({ isPublic: true })).rejects.toThrow(
    /team\/flask is private on the Hub: leave --public out/,
  );
  expect(hub.files).toEqual({});
});

test('what it is doing is told', async () => {
  const told: PushProgress[] = [];
  await push({ onProgress: (progress) => told.push(progress) });
  expect(told[0]).toEqual({ doing: 'asking', done: 0, total: 9 });
  expect(told.at(-1)).toEqual({ doing: 'committing', done: 9, total: 9 });
});

test('a Hub that is not there, an address and a name that are none are one clear line', async () => {
  await expect(push({ hubUrl: 'http://127.0.0.1:1' })).rejects.toThrow(
    /127.0.0.1:1 cannot be reached \(.+\)/,
  );
  await expect(push({ hubUrl: 'nonsense' })).rejects.toThrow(/--hub nonsense is no address/);
  await expect(push({ name: 'flask' })).rejects.toThrow(/flask is no name on the Hub: write OWNER\/NAME/);
  await expect(push({ name: 'a/b/c' })).rejects.toThrow(/write OWNER\/NAME/);
  expect((await push({ hubUrl: `${hub.url}/` })).url).toBe(`${hub.url}/datasets/team/flask`);
});

test('without a key, with a wrong one, and of another folder it is one clear line', async () => {
  await expect(push({ key: '' })).rejects.toThrow(/set HF_TOKEN/);
  await expect(push({ key: 'hf_wrong' })).rejects.toThrow(/the key in HF_TOKEN is not valid/);
  await rm(join(folder, 'sera.json'));
  await expect(push()).rejects.toThrow(/no data set that sera curate wrote/);
});

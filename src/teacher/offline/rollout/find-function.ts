import { languageOf } from '../../../syntax/index.ts';
import { definitionScore, escapePattern, isTest } from './definition.ts';
import { literal, printed, quote } from './hands.ts';
import { bareName, ownerName, type Task } from './instruction.ts';
import type { Scene } from './scene.ts';
import { type Steps, turn } from './turn.ts';

/** A line that may be a function's first, in a file of `total` lines. */
export interface Place {
  readonly file: string;
  readonly line: number;
  /** As the line has it. */
  readonly name: string;
  /** As the task has it, with its classes. */
  readonly fullName: string;
  readonly total: number;
}

/** Where the function that is spoken of may begin, the likeliest place first; elsewhere where it is not found. */
export async function* findFunction(task: Task, scene: Scene): Steps<readonly Place[]> {
  const named = task.names[0] ?? '';
  for (const file of task.files.slice(0, 2)) {
    const places = yield* searchFile(file, named, scene);
    if (places.length > 0) return places;
  }
  const elsewhere = yield* searchRepository(task.names.slice(0, 3), scene);
  if (elsewhere) return yield* searchFile(elsewhere.file, elsewhere.name, scene);
  const any = task.files[0] ?? (yield* pickFile(task, scene));
  const places = any ? yield* searchFile(any, '', scene) : [];
  if (places.length > 0 || task.files.length === 0) return places;
  const other = yield* pickFile(task, scene);
  return other ? yield* searchFile(other, '', scene) : [];
}

/** Definitions of a name in a file; where it stands but is not seen to be defined, what is defined nearest to it. */
async function* searchFile(file: string, named: string, scene: Scene): Steps<readonly Place[]> {
  const [name, owner] = [bareName(named), ownerName(named)];
  const { hits, total } = yield* grep(
    file,
    searchPattern(name, owner),
    name ? `\`${name}\` in ${file}` : `functions in ${file}`,
    scene,
  );
  const found = rank(hits, name, owner, scene);
  const near = found.length === 0 && name ? hits.find(({ text }) => text.includes(name)) : undefined;
  const around = near
    ? (yield* grep(file, ANY_DEFINITION, `what is around line ${near.line} of ${file}`, scene)).hits
    : [];
  const nearest = near ? nearestFirst(rank(around, '', '', scene), near.line) : [];
  return [...found, ...nearest].map(({ line, called }) => ({
    file,
    line,
    name: called,
    fullName: called === name ? named : called,
    total,
  }));
}

async function* grep(
  file: string,
  pattern: string,
  what: string,
  scene: Scene,
): Steps<{ hits: Hit[]; total: number }> {
  const command = `grep -c '' ${quote(file)}; LC_ALL=C grep -nE -e ${literal(pattern)} ${quote(file)} | head -n 200`;
  const observation = yield turn('search', scene.hands.shell(command), scene.random.fork(`search ${what}`), {
    what,
  });
  const rows = printed(observation).split('\n');
  const hits = rows.flatMap((row) => {
    const match = /^(\d+):(.*)$/s.exec(row);
    return match ? [{ line: Number(match[1]), text: match[2] ?? '' }] : [];
  });
  return { hits, total: Number(rows.find((row) => /^\d+$/.test(row.trim())) ?? 0) };
}

/** Definitions above a line come before those below it, since one of them may hold it. */
function nearestFirst<T extends { readonly line: number }>(found: readonly T[], line: number): T[] {
  const distance = (other: number) => (other <= line ? line - other : (other - line) * 10);
  return [...found].sort((a, b) => distance(a.line) - distance(b.line));
}

interface Hit {
  readonly line: number;
  readonly text: string;
}

/** The hits that look like definitions, the likeliest first; without a name, any of them in a drawn order. */
function rank(hits: readonly Hit[], name: string, owner: string, scene: Scene) {
  const ownerLine = owner ? lineOfOwner(hits, owner) : 0;
  const scored = hits.flatMap(({ line, text }) => {
    const { score, called } = definitionScore(text, name);
    const near = text.includes(owner) && !OWNER.test(text) && owner ? 1 : line > ownerLine ? 0.5 : 0;
    return score > 0 ? [{ line, called, score: score + near }] : [];
  });
  if (!name) return scene.random.fork('any function').shuffle(scored);
  return scored.sort((a, b) => b.score - a.score || a.line - b.line);
}

/** Where a class, or a function with others inside, begins; 0 where it is not seen. */
function lineOfOwner(hits: readonly Hit[], owner: string): number {
  const name = escapePattern(owner);
  const begins = new RegExp(`${HOLDERS}\\s+${name}(?![\\w$])|\\bimpl\\b.*\\b${name}\\b`);
  const mentions = hits.find(({ text }) => OWNER.test(text) && text.includes(owner));
  return (hits.find(({ text }) => begins.test(text)) ?? mentions)?.line ?? 0;
}

const HOLDERS =
  '(class|struct|impl|interface|trait|object|module|extension|enum|namespace|record|protocol|actor|def|func|function|fn|fun)';
const OWNER = new RegExp(`\\b${HOLDERS}\\b`);

const ANY_DEFINITION = String.raw`^[[:space:]]*(async |export |default |pub(\([a-z]+\))? |public |private |protected |internal |static |final |override |open |suspend |inline )*(def|func|fn|function|fun|const [A-Za-z_]+ = (async )?\(|[A-Za-z_][][A-Za-z0-9_<>,*& :?.]* \**[A-Za-z_][A-Za-z0-9_]*\()`;

function searchPattern(name: string, owner: string): string {
  if (!name) return ANY_DEFINITION;
  const word = (text: string) =>
    `${/^\w/.test(text) ? '\\b' : ''}${escapePattern(text)}${/\w$/.test(text) ? '\\b' : ''}`;
  return owner ? `${word(name)}|${HOLDERS} .*${word(owner)}` : word(name);
}

async function* searchRepository(
  names: readonly string[],
  scene: Scene,
): Steps<{ readonly file: string; readonly name: string } | undefined> {
  for (const name of names) {
    const bare = bareName(name);
    const command = `git grep -nwF -e ${literal(bare)} | head -n 80`;
    const observation = yield turn('search', scene.hands.shell(command), scene.random.fork(`grep ${name}`), {
      what: `\`${bare}\``,
    });
    const hits = printed(observation)
      .split('\n')
      .flatMap((row) => {
        const match = /^([^:]+):\d+:(.*)$/s.exec(row);
        const [, file = '', text = ''] = match ?? [];
        if (languageOf(file) === undefined) return [];
        return [{ file, name, score: definitionScore(text, bare).score - (isTest(file) ? 2 : 0) }];
      });
    const best = hits.sort((a, b) => b.score - a.score)[0];
    if (best && best.score > 0) return best;
  }
  return undefined;
}

async function* pickFile(task: Task, scene: Scene): Steps<string | undefined> {
  const command = 'git ls-files | head -n 2000';
  const observation = yield turn('look', scene.hands.shell(command), scene.random.fork('list files'));
  const files = printed(observation)
    .split('\n')
    .filter((file) => languageOf(file) !== undefined);
  const wanted = new Set(task.files.map((file) => file.split('/').at(-1)));
  const sources = files.filter((file) => !isTest(file));
  const pool =
    [files.filter((file) => wanted.has(file.split('/').at(-1))), sources, files].find(
      ({ length }) => length > 0,
    ) ?? [];
  return scene.random.fork('pick file').shuffle(pool)[0];
}

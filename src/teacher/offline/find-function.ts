import { languageOf } from '../../syntax/index.ts';
import { definitionScore, escapePattern, isTest } from './definition.ts';
import { printed, quote } from './hands.ts';
import { bareName, ownerName, type Task } from './instruction.ts';
import type { Scene } from './scene.ts';
import { type Steps, turn } from './turn.ts';

/** A line that may be a function's first, in a file of `total` lines. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly total: number;
}

/** Where the function that is spoken of may begin, the likeliest place first. */
export async function* findFunction(task: Task, scene: Scene): Steps<readonly Place[]> {
  const named = task.names[0] ?? '';
  for (const file of task.files.slice(0, 2)) {
    const places = yield* searchFile(file, named, scene);
    if (places.length > 0) return places;
  }
  const elsewhere = yield* searchRepository(task.names.slice(0, 3), scene);
  if (elsewhere) return yield* searchFile(elsewhere.file, elsewhere.name, scene);
  const any = yield* pickFile(task, scene);
  return any ? yield* searchFile(any, '', scene) : [];
}

async function* searchFile(file: string, named: string, scene: Scene): Steps<readonly Place[]> {
  const [name, owner] = [bareName(named), ownerName(named)];
  const what = name ? `\`${name}\` in ${file}` : `functions in ${file}`;
  const command = `grep -c '' ${quote(file)}; grep -nE ${quote(searchPattern(name, owner))} ${quote(file)} | head -n 80`;
  const observation = yield turn('search', scene.hands.shell(command), scene.random.fork(`search ${file}`), {
    what,
  });
  const rows = printed(observation).split('\n');
  const total = Number(rows.find((row) => /^\d+$/.test(row.trim())) ?? 0);
  const hits = rows.flatMap((row) => {
    const match = /^(\d+):(.*)$/s.exec(row);
    return match ? [{ line: Number(match[1]), text: match[2] ?? '' }] : [];
  });
  return rank(hits, name, owner, scene).map(({ line, called }) => ({ file, line, name: called, total }));
}

interface Hit {
  readonly line: number;
  readonly text: string;
}

/** The hits that look like definitions, the likeliest first; without a name, any of them in a drawn order. */
function rank(hits: readonly Hit[], name: string, owner: string, scene: Scene) {
  const ownerLine = owner
    ? (hits.find(({ text }) => OWNER.test(text) && text.includes(owner))?.line ?? 0)
    : 0;
  const scored = hits.flatMap(({ line, text }) => {
    const { score, called } = definitionScore(text, name);
    const near = text.includes(owner) && !OWNER.test(text) && owner ? 1 : line > ownerLine ? 0.5 : 0;
    return score > 0 ? [{ line, called, score: score + near }] : [];
  });
  if (!name) return scene.random.fork('any function').shuffle(scored);
  return scored.sort((a, b) => b.score - a.score || a.line - b.line);
}

const OWNER =
  /\b(class|struct|impl|interface|trait|object|module|extension|enum|namespace|record|protocol|actor)\b/;

const ANY_DEFINITION = String.raw`^[[:space:]]*(async |export |default |pub(\([a-z]+\))? |public |private |protected |internal |static |final |override |open |suspend |inline )*(def|func|fn|function|fun|const [A-Za-z_]+ = (async )?\(|[A-Za-z_][A-Za-z0-9_<>,*& \[\]:]* \**[A-Za-z_][A-Za-z0-9_]*\()`;

function searchPattern(name: string, owner: string): string {
  if (!name) return ANY_DEFINITION;
  const word = (text: string) =>
    `${/^\w/.test(text) ? '\\b' : ''}${escapePattern(text)}${/\w$/.test(text) ? '\\b' : ''}`;
  return owner
    ? `${word(name)}|(class|struct|impl|interface|trait|object|module|extension|enum) .*${word(owner)}`
    : word(name);
}

async function* searchRepository(
  names: readonly string[],
  scene: Scene,
): Steps<{ readonly file: string; readonly name: string } | undefined> {
  for (const name of names) {
    const bare = bareName(name);
    const command = `git grep -nwF ${quote(bare)} | head -n 80`;
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

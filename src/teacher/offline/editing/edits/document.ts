import type { Random } from '../../random.ts';
import { hasOwnLines, indentAt } from '../lines.ts';
import { wordsOf } from '../names.ts';
import { children, isDocstring } from '../nodes.ts';
import { requiredParameters } from '../parameters.ts';
import { before } from '../replacement.ts';
import type { Source } from '../source.ts';
import type { Edit } from './edit.ts';

/** Writes a documentation comment where a function has none. */
export const document: Edit = {
  kind: 'document',
  sites(source) {
    if (isDocumented(source)) return [];
    const statement = source.language === 'python' ? children(source.body)[0] : undefined;
    if (statement && hasOwnLines(source, statement)) {
      return [
        { detail: '', change: (taste) => [before(source, statement, docstring(describe(source, taste)))] },
      ];
    }
    const indent = indentAt(source.text, source.start);
    return [
      {
        detail: '',
        change: (taste) => {
          const lines = STYLES[source.language](describe(source, taste)).map((line) => `${indent}${line}\n`);
          return [{ start: source.start, end: source.start, text: lines.join('') }];
        },
      },
    ];
  },
};

/** True where a comment stands above the function, or a docstring at its top. */
function isDocumented(source: Source): boolean {
  const first = source.text.slice(source.start).trimStart();
  if (first.startsWith(source.dialect.comment) || first.startsWith('/*')) return true;
  const [statement] = children(source.body);
  return source.language === 'python' && statement !== undefined && isDocstring(statement);
}

interface Description {
  readonly name: string;
  readonly summary: string;
  /** A sentence besides. */
  readonly remark: string;
  readonly parameters: readonly { readonly name: string; readonly text: string }[];
}

function describe(source: Source, taste: Random): Description {
  const words = wordsOf(source.name).join(' ') || 'this function';
  const plain = words.charAt(0).toUpperCase() + words.slice(1);
  const manner = taste.pick([(text: string) => `the ${text} to use`, (text: string) => `the ${text}`]);
  const parameters = requiredParameters(source).slice(0, 5);
  return {
    name: source.name,
    summary: taste.pick([`${plain}.`, `Handle ${words}.`, `${plain}, as its callers expect.`]),
    remark: taste.pick([
      'Has no other effect than that.',
      'Fails where that cannot be done.',
      'May be called at any time.',
    ]),
    parameters: parameters.map(({ name }) => ({ name, text: manner(wordsOf(name).join(' ')) })),
  };
}

function docstring({ summary, remark, parameters }: Description): string[] {
  const described = parameters.map(({ name, text }) => `:param ${name}: ${text}`);
  return [`"""${summary}`, '', remark, ...(described.length > 0 ? ['', ...described] : []), '"""'];
}

/** How a description is written above a function. */
type Style = (description: Description) => string[];

const hashes: Style = ({ summary, remark, parameters }) => [
  `# ${summary}`,
  `# ${remark}`,
  ...parameters.map(({ name, text }) => `# ${name}: ${text}`),
];

/** Between marks, with a line for each parameter. */
function block(open: string, describe: (name: string, text: string) => string): Style {
  return ({ summary, remark, parameters }) => [
    open,
    ` * ${summary}`,
    ` * ${remark}`,
    ...(parameters.length > 0 ? [' *'] : []),
    ...parameters.map(({ name, text }) => ` * ${describe(name, text)}`),
    ' */',
  ];
}

const documentation = block('/**', (name, text) => `@param ${name} ${text}`);

const go: Style = ({ name, summary, remark, parameters }) => [
  `// ${name}: ${summary}`,
  `// ${remark}`,
  ...parameters.map((one) => `// The argument ${one.name} is ${one.text}.`),
];

const rust: Style = ({ summary, remark, parameters }) => [
  `/// ${summary}`,
  `/// ${remark}`,
  ...(parameters.length > 0 ? ['///', '/// # Arguments', '///'] : []),
  ...parameters.map(({ name, text }) => `/// * \`${name}\` - ${text}`),
];

const swift: Style = ({ summary, remark, parameters }) => [
  `/// ${summary}`,
  `/// ${remark}`,
  ...(parameters.length > 0 ? ['///'] : []),
  ...parameters.map(({ name, text }) => `/// - Parameter ${name}: ${text}`),
];

const csharp: Style = ({ summary, remark, parameters }) => [
  `/// <summary>${summary}</summary>`,
  `/// <remarks>${remark}</remarks>`,
  ...parameters.map(({ name, text }) => `/// <param name="${name}">${text}</param>`),
];

const STYLES: Readonly<Record<Source['language'], Style>> = {
  python: hashes,
  typescript: documentation,
  tsx: documentation,
  javascript: documentation,
  go,
  rust,
  java: documentation,
  kotlin: documentation,
  c: block('/*', (name, text) => `${name}: ${text}`),
  cpp: documentation,
  csharp,
  ruby: hashes,
  php: block('/**', (name, text) => `@param mixed $${name} ${text}`),
  swift,
};

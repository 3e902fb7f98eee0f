import type { Node } from '../../../../syntax/index.ts';
import type { Random } from '../../random.ts';
import { hasOwnLines } from '../lines.ts';
import { children, isDocstring } from '../nodes.ts';
import { type Parameter, requiredParameters } from '../parameters.ts';
import { before } from '../replacement.ts';
import type { Source } from '../source.ts';
import { ending, quoted } from '../style.ts';
import type { Edit } from './edit.ts';

/** Refuses an argument that cannot be served at the top of the function, instead of failing somewhere below. */
export const guard: Edit = {
  kind: 'guard',
  sites(source) {
    const first = firstStatement(source);
    if (!first || !hasOwnLines(source, first)) return [];
    return requiredParameters(source).flatMap((parameter) => {
      const write = GUARDS[source.language](parameter, source);
      if (!write) return [];
      return [
        {
          detail: parameter.name,
          change: (taste) => [before(source, first, write(message(parameter, taste)))],
        },
      ];
    });
  },
};

/** The first statement that does something and may have others before it: no docstring, no call of `super`. */
function firstStatement(source: Source): Node | undefined {
  return children(source.body).find((node) => !isDocstring(node) && !isDelegation(node));
}

function isDelegation(node: Node): boolean {
  return node.type === 'explicit_constructor_invocation' || /^(super|this)\(/.test(node.text);
}

function message({ name }: Parameter, taste: Random): string {
  return taste.pick([
    `${name} must be given`,
    `${name} is required`,
    `missing argument: ${name}`,
    `no usable ${name}`,
  ]);
}

/** The guard's lines for a parameter, given its message; undefined where its type leaves nothing to check. */
type Guard = (parameter: Parameter, source: Source) => ((message: string) => string[]) | undefined;

const python: Guard = ({ name, type }, { unit }) =>
  /Optional|None|Any|bool|int|float/.test(type)
    ? undefined
    : (text) => [`if ${name} is None:`, `${unit}raise ValueError("${text}")`];

const javascript: Guard = ({ name, type }, source) =>
  /\b(number|boolean|bigint|void|any|unknown|never|null|undefined)\b/.test(type)
    ? undefined
    : (text) => [
        `if (${name} === undefined || ${name} === null) {`,
        `${source.unit}throw new TypeError(${quoted(source, text)})${ending(source)}`,
        '}',
      ];

const go: Guard = ({ name, type }, { unit }) => {
  const empty =
    type === 'string'
      ? '""'
      : /^(\*|\[\]|map\[|func\b|chan\b|error$|any$|interface\{)/.test(type)
        ? 'nil'
        : undefined;
  return empty ? (text) => [`if ${name} == ${empty} {`, `${unit}panic("${text}")`, '}'] : undefined;
};

const rust: Guard = ({ name, type }) => {
  if (/^&(mut )?(str|\[.*\]|String|Vec<.*>)$|^(String|Vec<.*>)$/.test(type))
    return (text) => [`assert!(!${name}.is_empty(), "${text}");`];
  return /^f(32|64)$/.test(type) ? (text) => [`assert!(${name}.is_finite(), "${text}");`] : undefined;
};

const java: Guard = ({ name, type }, { unit }) =>
  /^(int|long|short|byte|char|float|double|boolean)$|^Optional/.test(type)
    ? undefined
    : (text) => [`if (${name} == null) {`, `${unit}throw new IllegalArgumentException("${text}");`, '}'];

const kotlin: Guard = ({ name, type }) => {
  if (type.endsWith('?')) return (text) => [`requireNotNull(${name}) { "${text}" }`];
  if (/^(String|CharSequence|(Mutable)?(List|Set|Map|Collection)\b.*|Array\b.*)$/.test(type)) {
    return (text) => [`require(${name}.isNotEmpty()) { "${text}" }`];
  }
  return /^(Int|Long)$/.test(type) ? (text) => [`require(${name} >= 0) { "${text}" }`] : undefined;
};

const c: Guard = ({ name, type }, { node, unit }) => {
  const failure = failureValue(node);
  if (!type.includes('*') || failure === undefined) return undefined;
  return (text) => [`if (${name} == NULL) {`, `${unit}/* ${text} */`, `${unit}return${failure};`, '}'];
};

/** What a C function returns where it cannot do its work, a blank before it. */
function failureValue(node: Node): string | undefined {
  const type = node.childForFieldName('type')?.text ?? '';
  if (node.childForFieldName('declarator')?.type === 'pointer_declarator') return ' NULL';
  if (type === 'void') return '';
  return /^(int|long|ssize_t|short|long long)$/.test(type) ? ' -1' : undefined;
}

const cpp: Guard = ({ name, type }, { unit }) =>
  type.includes('*') && !type.includes('&')
    ? (text) => [`if (${name} == nullptr) {`, `${unit}throw std::invalid_argument("${text}");`, '}']
    : undefined;

const csharp: Guard = ({ name, type }, source) =>
  /\?$|^(int|uint|long|ulong|short|ushort|byte|sbyte|char|float|double|decimal|bool|DateTime|TimeSpan|Guid|CancellationToken)$/.test(
    type,
  )
    ? undefined
    : (text) => [
        `if (${name} == null)`,
        '{',
        `${source.unit}throw new System.ArgumentNullException(nameof(${name}), "${text}");`,
        '}',
      ];

const ruby: Guard =
  ({ name }) =>
  (text) => [`raise ArgumentError, '${text}' if ${name}.nil?`];

const php: Guard = ({ name, type }, { unit }) => {
  const empty =
    type === '' || type.startsWith('?')
      ? 'null'
      : type === 'string'
        ? "''"
        : type === 'array'
          ? '[]'
          : undefined;
  if (!empty) return undefined;
  return (text) => [
    `if ($${name} === ${empty}) {`,
    `${unit}throw new \\InvalidArgumentException('${text}');`,
    '}',
  ];
};

const swift: Guard = ({ name, type }) => {
  if (type.endsWith('?')) return (text) => [`precondition(${name} != nil, "${text}")`];
  if (/^(String|Substring|Data|\[.*\]|(Array|Set|Dictionary)<.*>)$/.test(type))
    return (text) => [`precondition(!${name}.isEmpty, "${text}")`];
  return /^Int\d*$/.test(type) ? (text) => [`precondition(${name} >= 0, "${text}")`] : undefined;
};

const GUARDS: Readonly<Record<Source['language'], Guard>> = {
  python,
  typescript: javascript,
  tsx: javascript,
  javascript,
  go,
  rust,
  java,
  kotlin,
  c,
  cpp,
  csharp,
  ruby,
  php,
  swift,
};

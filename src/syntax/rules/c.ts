import type { Node } from 'web-tree-sitter';
import type { Captures, Rules } from './rules.ts';

const functions = '(function_definition declarator: (_) @name body: (_)) @function';

export const c: Rules = {
  grammar: 'c',
  separator: '::',
  query: functions,
  name: nameOf,
  notNested: /^[A-Z_][A-Z0-9_]*$/,
};

export const cpp: Rules = {
  grammar: 'cpp',
  separator: '::',
  query: `
    ${functions}
    (namespace_definition name: (_) @name) @scope
    (class_specifier name: (_) @name body: (_)) @scope
    (struct_specifier name: (_) @name body: (_)) @scope
    (union_specifier name: (_) @name body: (_)) @scope
    (init_declarator declarator: (_) @name value: (lambda_expression) @function)
    (field_declaration declarator: (_) @name default_value: (lambda_expression) @function)
    (assignment_expression left: (_) @name right: (lambda_expression) @function)
  `,
  name: nameOf,
  notNested: /^[A-Z_][A-Z0-9_]*$/,
  prepare: blankMacros,
};

function nameOf({ name, function: found }: Captures): string | undefined {
  if (!name) return undefined;
  const text = found?.type === 'function_definition' ? declaredName(name) : bareName(name);
  return text && KEYWORDS.test(text) ? undefined : text;
}

/** What macros can make out of a statement. */
const KEYWORDS = /^(?:if|else|for|while|do|switch|return|catch|namespace|noexcept|decltype|sizeof|defined)$/;

/** Unwraps pointers, references and parentheses: in `int (*f(void))(int)` the name is `f`. */
function declaredName(declarator: Node): string | undefined {
  let name: string | undefined;
  let node: Node | null = declarator;
  while (node) {
    if (node.type === 'function_declarator') name = bareName(node.childForFieldName('declarator'));
    else if (node.type === 'operator_cast' || node.type === 'qualified_identifier') return bareName(node);
    node = node.childForFieldName('declarator') ?? (WRAPPERS.has(node.type) ? node.lastNamedChild : null);
  }
  return name;
}

const WRAPPERS = new Set(['reference_declarator', 'parenthesized_declarator', 'attributed_declarator']);

/** A name without template arguments and parameters: `C<T>::out` is `C::out`. */
function bareName(node: Node | null): string {
  if (!node) return '';
  const name = node.childForFieldName('name');
  switch (node.type) {
    case 'qualified_identifier': {
      const scope = node.childForFieldName('scope');
      return scope ? `${bareName(scope)}::${bareName(name)}` : bareName(name);
    }
    case 'template_type':
    case 'template_function':
    case 'template_method':
    case 'dependent_name':
      return bareName(name ?? node.firstNamedChild);
    case 'parenthesized_declarator':
      return bareName(node.firstNamedChild);
    case 'operator_cast':
      return `operator ${node.childForFieldName('type')?.text ?? ''}`;
    default:
      return node.text;
  }
}

const MACRO = '[A-Z_][A-Z0-9_]{2,}';
const EXPORTED = new RegExp(
  `(\\b(?:class|struct|union)[ \\t]+)(${MACRO}(?:\\([^()\\n]*\\))?)(?=[ \\t]+[A-Za-z_]\\w*(?:[ \\t]+final)?\\s*(?::[^:]|\\{))`,
  'g',
);
const ALONE = new RegExp(
  `^[ \\t]*${MACRO}(?:[ \\t]*:?[ \\t]*$(?!\\s*:)|\\([^()\\n]*\\)[ \\t]*$(?!\\s*[{:]))`,
  'gm',
);

/**
 * Macros without a semicolon derail the grammar: `class API Name {`, and lines that hold nothing else, such as
 * those that open a namespace. Where the preprocessor would have removed them they are blanked.
 */
function blankMacros(source: string): string {
  return source
    .replace(EXPORTED, (_, keyword: string, macro: string) => keyword + ' '.repeat(macro.length))
    .replace(ALONE, (line) => ' '.repeat(line.length));
}

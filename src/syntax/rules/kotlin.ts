import type { Rules } from './rules.ts';

const LITERAL = '[(lambda_literal) (anonymous_function)] @function';

/** Accessors with a body are functions: `Buffer.size.get`; extensions carry their receiver: `String.encodeUtf8`. */
export const kotlin: Rules = {
  grammar: 'kotlin',
  separator: '.',
  query: `
    (function_declaration [(user_type) (nullable_type)]? @name . name: (_) @name (function_body)) @function
    (secondary_constructor "constructor" @name (block)) @function
    (getter "get" @name (function_body)) @function
    (setter "set" @name (function_body)) @function
    (class_declaration name: (_) @name) @scope
    (object_declaration name: (_) @name) @scope
    (companion_object name: (_) @name) @scope
    (companion_object "companion" @name) @scope
    (enum_entry . (identifier) @name (class_body)) @scope
    (property_declaration (variable_declaration . (identifier) @name) ${LITERAL})
    (property_declaration (variable_declaration . (identifier) @name) (object_literal) @scope)
    (property_declaration (variable_declaration . (identifier) @name) [(getter) (setter)]) @scope
    (assignment left: (_) @name right: ${LITERAL})
    (object_literal (delegation_specifiers . (delegation_specifier [
      (user_type . (identifier) @name)
      (constructor_invocation (user_type . (identifier) @name))
    ]))) @scope
  `,
  name: ({ name }, text) => (name?.type === 'companion' ? 'Companion' : text.replace(/<.*>/, '')),
  prepare: hideSoftKeywords,
};

/** Keywords of declarations: none of them can be a name for the grammar. */
const HARD =
  'open|final|sealed|abstract|override|lateinit|vararg|tailrec|infix|inline|external|suspend|public|private|internal|protected|noinline|crossinline';
const SOFT = 'by|where|in|as|get|set|constructor';
const USED = '\\d*\\.|\\?\\.|!!|[ \\t]*[-+*/%]?=[^=]';
const NAME_AT_BEGIN = new RegExp(
  `^([ \\t]*)(?=(?:${HARD})(?:${USED}|\\()|(?:${SOFT})(?:${USED}))[a-z]`,
  'gm',
);
const MODIFIER =
  /\b(?:actual|annotation|const|data|expect|inner|operator|value)(?=[ \t]+(?:[a-z]+[ \t]+)*(?:class|constructor|fun|interface|object|val|var)\b)/g;

/**
 * What the grammar reads wrongly: keywords that are names at the begin of a statement (`open = true`,
 * `in1.close()`), and modifiers that it takes for the operator between two expressions, the one being the
 * object declared before them.
 */
function hideSoftKeywords(source: string): string {
  return source.replace(NAME_AT_BEGIN, '$1_').replace(MODIFIER, (modifier) => ' '.repeat(modifier.length));
}

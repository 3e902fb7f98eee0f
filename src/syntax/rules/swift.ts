import type { Rules } from './rules.ts';

const ACCESSOR = '[(computed_getter) (computed_setter) (computed_modify)]';

/** Accessors with a body are functions: `Session.queue.get`, or `Session.queue` where only its getter is written. */
export const swift: Rules = {
  grammar: 'swift',
  separator: '.',
  query: `
    (function_declaration "func" . name: _ @name body: (_)) @function
    (init_declaration "init" @name body: (_)) @function
    (deinit_declaration "deinit" @name) @function
    (property_declaration name: (pattern) @name computed_value: (computed_property (statements)) @function)
    (property_declaration name: (pattern) @name (computed_property ${ACCESSOR})) @scope
    (property_declaration name: (pattern) @name (willset_didset_block)) @scope
    (subscript_declaration "subscript" @name (computed_property (statements)) @function)
    (subscript_declaration "subscript" @name (computed_property ${ACCESSOR})) @scope
    (computed_getter (getter_specifier "get" @name)) @function
    (computed_setter (setter_specifier "set" @name)) @function
    (computed_modify (modify_specifier "_modify" @name)) @function
    (willset_clause "willSet" @name) @function
    (didset_clause "didSet" @name) @function
    (class_declaration name: (_) @name) @scope
    (protocol_declaration name: (_) @name) @scope
    (property_declaration name: (pattern) @name value: (lambda_literal) @function)
    (assignment target: (_) @name result: (lambda_literal) @function)
  `,
  prepare: blankDirectives,
  mend: giveScannerMemory,
  name: (_, text) => text.replace(/<.*>$/s, ''),
};

/**
 * The grammar knows conditional compilation at the top level only. Swift wants every branch to be complete, so
 * without the directives both branches read on their own.
 */
function blankDirectives(source: string): string {
  if (!source.includes('#')) return source;
  return source.replace(/^[ \t]*#(?:if|elseif|else|endif|error|warning|sourceLocation)\b.*$/gm, (line) =>
    ' '.repeat(line.length),
  );
}

/**
 * The scanner of tree-sitter-swift 0.7.1 asks for `calloc(0, 4)` and then uses four bytes, so that it starts
 * from what was left in memory, and from then on no `#` is read. Here it asks for one element.
 */
function giveScannerMemory(binary: Uint8Array): Uint8Array {
  const bytes = Buffer.from(binary);
  const call = Buffer.from([0x41, 0, 0x41, 4, 0x10]); // i32.const 0, i32.const 4, call
  const at = bytes.indexOf(call);
  if (at >= 0 && bytes.indexOf(call, at + 1) < 0) bytes[at + 1] = 1;
  return bytes;
}

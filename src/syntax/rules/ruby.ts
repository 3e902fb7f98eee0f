import type { Rules } from './rules.ts';

/** A lambda or proc that stands at a place with a name. */
const closures = (place: (value: string) => string) => `
  (${place('(lambda) @function')} (#set! separator "."))
  (${place('(call !receiver method: (identifier) @maker block: (_)) @function')}
    (#any-of? @maker "lambda" "proc") (#set! separator "."))
  (${place('(call receiver: (constant) @maker block: (_)) @function')}
    (#eq? @maker "Proc") (#set! separator "."))
`;

/** As Ruby writes it: `Base#call` for a method of instances, `Base.new` for one of the class itself. */
export const ruby: Rules = {
  grammar: 'ruby',
  separator: '::',
  query: `
    ((singleton_class body: (body_statement (method name: (_) @name) @function)) (#set! separator "."))
    ((singleton_class body: (body_statement (call arguments: (argument_list (method name: (_) @name) @function))))
      (#set! separator "."))
    ((method name: (_) @name) @function (#set! separator "#"))
    ((singleton_method name: (_) @name) @function (#set! separator "."))
    ((call method: (identifier) @maker arguments: (argument_list . [(simple_symbol) (string)] @name) block: (_)) @function
      (#eq? @maker "define_method") (#set! separator "#"))
    ((call method: (identifier) @maker arguments: (argument_list . [(simple_symbol) (string)] @name) block: (_)) @function
      (#eq? @maker "define_singleton_method") (#set! separator "."))
    (module name: (_) @name) @scope
    (class name: (_) @name) @scope
    ${closures((value) => `(assignment left: (_) @name right: ${value})`)}
    ${closures((value) => `(pair key: (_) @name value: ${value})`)}
    (assignment left: (constant) @name right: (call receiver: (constant) block: (_) @scope))
  `,
  name: (_, text) => text.replace(/^::?/, ''),
};

import type { Rules } from './rules.ts';

export const rust: Rules = {
  grammar: 'rust',
  separator: '::',
  query: `
    (function_item name: (_) @name) @function
    (mod_item name: (_) @name body: (_)) @scope
    (trait_item name: (_) @name) @scope
    (impl_item trait: (_)? @trait type: (_) @name) @scope
    (let_declaration pattern: [(identifier) (mut_pattern)] @name value: (closure_expression) @function)
    (static_item name: (_) @name value: (closure_expression) @function)
    (const_item name: (_) @name value: (closure_expression) @function)
    (assignment_expression left: (_) @name right: (closure_expression) @function)
    (field_initializer field: (_) @name value: (closure_expression) @function)
  `,
  name: ({ trait, name, scope }, text) => {
    if (trait) return `<${text} as ${trait.text}>`;
    if (scope?.type === 'impl_item') return name?.childForFieldName('type')?.text ?? text;
    return text.replace(/^mut /, '');
  },
};

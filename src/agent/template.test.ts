import { expect, test } from 'vitest';
import { compileTemplate, TemplateError } from './template.ts';

const render = (source: string, variables = {}) => compileTemplate(source, 'name')(variables);

// What Jinja2 3.1 gives for the same templates.
test.each([
  ['a {{x}} b\n', { x: 1 }, 'a 1 b'],
  ['{% if a %}\nA\n{% else %}\nB\n{% endif %}\n', { a: true }, '\nA\n'],
  ['  {% if a %}A{% endif %}\n\n', { a: true }, '  A\n'],
  ['{% if a -%}\nA\n{%- endif %}', { a: true }, 'A'],
  ['{{nothing}}|{{ nothing | default("d") }}', {}, '|d'],
  ['{{ x | length }} {{ x[:2] }} {{ x[-2:] }}', { x: 'hello' }, '5 he lo'],
  ['{# no #}\n{{x}}', { x: '{{y}} $& <b>' }, '\n{{y}} $& <b>'],
])('%j is filled in as Jinja does by default', (source, variables, text) => {
  expect(render(source, variables)).toBe(text);
});

test('what cannot be read or filled in says which template it is', () => {
  expect(() => compileTemplate('{{ x', 'system_template')).toThrow(TemplateError);
  expect(() => render('{{ x.y.z() }}')).toThrow(/^The template name cannot be used: .+/);
});

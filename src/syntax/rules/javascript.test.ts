import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';
import type { Language } from '../language.ts';

const functionsOf = async (source: string, language: Language = 'typescript') =>
  (await findFunctions(language, source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('declarations, methods, accessors, fields and constructors', async () => {
  const source = `
export function plain() {}
export async function* generate() {}
class Shape<T> extends Base {
  static #count = () => 1;
  handler = async (event: Event): Promise<void> => {
    const deep = function () {};
  };
  constructor(private readonly x: number) { super(); }
  get area() { return 1; }
  set area(v) {}
  ['computed' + 1]() {}
  static async *walk() {}
}
const Anonymous = class { run() {} };
`;
  expect(await functionsOf(source)).toEqual([
    '2-2 plain',
    '3-3 generate',
    '5-5 Shape.#count',
    '6-8 Shape.handler',
    '7-7 Shape.handler.deep',
    '9-9 Shape.constructor',
    '10-10 Shape.area',
    '11-11 Shape.area',
    "12-12 Shape.['computed' + 1]",
    '13-13 Shape.walk',
    '15-15 Anonymous.run',
  ]);
});

test('functions that are assigned to a name', async () => {
  const source = `
const f = <T,>(x: T) => x;
let g: Handler =
  function named() {};
const api = { a() {}, b: () => 1, 'c-d': function* () {}, inner: { e: async () => {} } } satisfies Api;
const wrapped = (() => 1) as Handler;
module.exports = function () {};
exports.h = () => {};
Shape.prototype.i = function () {};
app.get('/', () => {});
export default () => {};
`;
  expect(await functionsOf(source)).toEqual([
    '2-2 f',
    '3-4 g',
    '5-5 api.a',
    '5-5 api.b',
    '5-5 api.c-d',
    '5-5 api.inner.e',
    '6-6 wrapped',
    '7-7 module.exports',
    '8-8 exports.h',
    '9-9 Shape.prototype.i',
    '11-11 default',
  ]);
});

test('what has no body is no function', async () => {
  const source = `
declare function ambient(): void;
interface Api { call(): void; <T>(x: T): T }
abstract class A { abstract a(): void; overload(x: string): void; overload(x: unknown) {} }
function over(x: string): void;
function over(x: unknown) {}
`;
  expect(await functionsOf(source)).toEqual(['4-4 A.overload', '6-6 over']);
});

test('syntax of TypeScript 4 and 5', async () => {
  const source = `
namespace Outer.Inner { export function f() {} }
@decorate class D { @bound accessor x = 1; @logged m() { using file = open(); } }
enum E { A }
function asserts<const T extends readonly unknown[]>(x: unknown): asserts x is T {}
const t = { k: 1 } satisfies Record<string, number>;
`;
  expect(await functionsOf(source)).toEqual(['2-2 Outer.Inner.f', '3-3 D.m', '5-5 asserts']);
});

test('generic call signatures without semicolons do not hide what follows', async () => {
  const source = `
interface Get<E> {
  <K extends keyof E>(key: K): E[K]
  <K>(key: K): unknown
}
interface Set {
  name: string
  <T>(x: T): void
}
export class After { run() {} }
`;
  expect(await functionsOf(source)).toEqual(['10-10 After.run']);
});

test('JSX in JavaScript and TypeScript', async () => {
  const source = `
function App() { return <Page title="x">{items.map((i) => <Item key={i} />)}</Page>; }
const Button = ({ label }) => <button onClick={() => go()}>{label}</button>;
`;
  const expected = ['2-2 App', '3-3 Button'];
  expect(await functionsOf(source, 'javascript')).toEqual(expected);
  expect(await functionsOf(source, 'tsx')).toEqual(expected);
});

test('JavaScript: fields, private methods and a function under an older name', async () => {
  const source = `
class A { #p = () => 1; static q = function () {}; #r() {} static { init(); } }
var B = function B() { this.x = () => 1; };
`;
  expect(await functionsOf(source, 'javascript')).toEqual([
    '2-2 A.#p',
    '2-2 A.q',
    '2-2 A.#r',
    '3-3 B',
    '3-3 B.this.x',
  ]);
});

import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';

const functionsOf = async (source: string) =>
  (await findFunctions('rust', source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('functions, methods and implementations of traits as Rust writes them', async () => {
  const source = `
pub(crate) async fn run<'a, const N: usize>(x: &'a [u8; N]) -> impl Iterator<Item = u8> + use<'a, N> {
    let Some(y) = x.first() else { return };
    if let Some(a) = y && a > 1 {}
}
mod inner { pub fn f() { fn nested() {} } }
impl<T: Clone> Stack<T> { pub const fn new() -> Self { Self } }
impl<T> fmt::Display for Stack<T> { fn fmt(&self) {} }
impl From<io::Error> for Error { fn from(e: io::Error) -> Self { todo!() } }
trait Shape { fn area(&self) -> f64; fn name(&self) -> String { String::new() } async fn go(&self) {} }
extern "C" { fn foreign(); }
unsafe extern "C" fn exported() {}
`;
  expect(await functionsOf(source)).toEqual([
    '2-5 run',
    '6-6 inner::f',
    '6-6 inner::f::nested',
    '7-7 Stack::new',
    '8-8 <Stack<T> as fmt::Display>::fmt',
    '9-9 <Error as From<io::Error>>::from',
    '10-10 Shape::name',
    '10-10 Shape::go',
    '12-12 exported',
  ]);
});

test('closures that are bound to a name', async () => {
  const source = `
static HOOK: fn() = || {};
fn outer() {
    let add = |a, b| a + b;
    let mut count = move || { 1 };
    self.callback = |x| x;
    let s = Settings { run: || 1 };
    xs.iter().map(|x| x);
}
`;
  expect(await functionsOf(source)).toEqual([
    '2-2 HOOK',
    '3-9 outer',
    '4-4 outer::add',
    '5-5 outer::count',
    '6-6 outer::self.callback',
    '7-7 outer::run',
  ]);
});

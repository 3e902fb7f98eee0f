import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';

const functionsOf = async (source: string) =>
  (await findFunctions('python', source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('functions, methods and nested ones', async () => {
  const source = `
class App[T](Base):
    x: int = 1

    @property
    def name(self) -> str:
        return ""

    class Meta:
        async def check(self):
            async def inner():
                yield 1
            return inner

def top(a, /, b, *, c):
    if a:
        def conditional(): pass
    try:
        def tried(): pass
    except* ValueError:
        pass
`;
  expect(await functionsOf(source)).toEqual([
    '6-7 App.name',
    '10-13 App.Meta.check',
    '11-12 App.Meta.check.inner',
    '15-21 top',
    '17-17 top.conditional',
    '19-19 top.tried',
  ]);
});

test('lambdas that are assigned, and no others', async () => {
  const source = `
f = lambda x: x
g: Callable = lambda: 1
self.h = (lambda: 2)
table = {'key': lambda: 3}
if (n := lambda: 4): pass
sorted(xs, key=lambda x: x)
def k(a=lambda: 5): pass
`;
  expect(await functionsOf(source)).toEqual(['2-2 f', '3-3 g', '4-4 self.h', '5-5 key', '6-6 n', '8-8 k']);
});

test('syntax of Python 3.8 to 3.14', async () => {
  const source = `
type Alias[T] = list[T]
def generic[T: (int, str) = int](x: T) -> T:
    match x:
        case {"a": [1, *rest], **kw} if rest: pass
        case Point(x=0) | None: pass
        case _: pass
    return f"{x!r:>{width}} {'nested "quotes"'} {f'{x}'} {x=}"
async def later():
    async with (open(a) as b, open(c) as d): pass
    return [await y async for y in z]
def template(): return t"{name}"
`;
  expect(await functionsOf(source)).toEqual(['3-8 generic', '9-11 later', '12-12 template']);
});

import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';

const functionsOf = async (source: string) =>
  (await findFunctions('csharp', source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('methods, constructors, operators and accessors with a body', async () => {
  const source = `namespace A.B;
public class C<T>(int a) : Base(a), IFoo where T : struct {
  static C() {}
  public C(string s) : this(1) {}
  ~C() {}
  public int Short => 1;
  public int Both { get => a; private set { a = value; } }
  public required string Auto { get; init; } = "";
  public int this[int i] { get { return i; } }
  public event EventHandler E { add { } remove { } }
  public static C<T> operator +(C<T> l, C<T> r) => l;
  public static implicit operator int(C<T> c) => 1;
  void IFoo.Explicit() {}
  async Task<int> M<U>(ref readonly U u) {
    int Local(int q) => q;
    return u is { Length: > 3 } and not [1, .., 3] ? 1 : 2;
  }
  abstract void None();
  extern int AlsoNone();
  partial void Nor();
  record struct R(int Q) { public int Double() => Q * 2; }
  interface I { void None(); void Default() {} }
}
int Top(int x) => x;
`;
  expect(await functionsOf(source)).toEqual([
    '3-3 C.C',
    '4-4 C.C',
    '5-5 C.~C',
    '6-6 C.Short',
    '7-7 C.Both.get',
    '7-7 C.Both.set',
    '9-9 C.this.get',
    '10-10 C.E.add',
    '10-10 C.E.remove',
    '11-11 C.operator +',
    '12-12 C.implicit operator int',
    '13-13 C.IFoo.Explicit',
    '14-17 C.M',
    '15-15 C.M.Local',
    '21-21 C.R.Double',
    '22-22 C.I.Default',
    '24-24 Top',
  ]);
});

test('lambdas and anonymous methods that are assigned', async () => {
  const source = `class A {
  Action field = () => {};
  Func<int, int> other = delegate (int x) { return x; };
  void M() {
    var later = async (int x = 1) => await y;
    this.callback = static x => x;
    list.Select(x => x);
    var raw = """a "quoted" {text}""";
    int[] xs = [1, 2, ..ys];
  }
}
`;
  expect(await functionsOf(source)).toEqual([
    '2-2 A.field',
    '3-3 A.other',
    '4-10 A.M',
    '5-5 A.M.later',
    '6-6 A.M.this.callback',
  ]);
});

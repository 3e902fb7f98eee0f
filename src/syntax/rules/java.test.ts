import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';

const functionsOf = async (source: string) =>
  (await findFunctions('java', source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('methods and constructors of every kind of class', async () => {
  const source = `package a.b;

public class Outer<T> {
  static { start(); }
  public Outer() { super(); }
  @Override
  public <R> R map(Function<T, R> f) throws IOException { return f.apply(null); }
  abstract void none();
  native void alsoNone();
  interface Inner { void none(); default void some() {} private static void more() {} }
  enum Color { RED { @Override int code() { return 1; } }, BLUE; int code() { return 0; } }
  record Point(int x, int y) { Point { check(x); } static Point origin() { return null; } }
  @interface Mark { int value() default 1; }
  sealed interface Shape permits Circle {}
}
void main() { IO.println("no class"); }
`;
  expect(await functionsOf(source)).toEqual([
    '5-5 Outer.Outer',
    '6-7 Outer.map',
    '10-10 Outer.Inner.some',
    '10-10 Outer.Inner.more',
    '11-11 Outer.Color.RED.code',
    '11-11 Outer.Color.code',
    '12-12 Outer.Point.Point',
    '12-12 Outer.Point.origin',
    '16-16 main',
  ]);
});

test('lambdas that are assigned, anonymous and local classes', async () => {
  const source = `class A {
  Runnable field = () -> {};
  String go(Object o) {
    Function<Integer, Integer> twice = x -> x * 2;
    this.later = y -> {};
    new Thread(new Runnable() { public void run() {} });
    var list = new Comparator<String>() { public int compare(String a, String b) { return 0; } };
    class Local { void l() {} }
    xs.forEach(x -> {});
    return switch (o) {
      case Point(int x, var y) when x > 0 -> "p";
      case String s -> { yield """
        text block { """; }
      default -> "";
    };
  }
}
`;
  expect(await functionsOf(source)).toEqual([
    '2-2 A.field',
    '3-16 A.go',
    '4-4 A.go.twice',
    '5-5 A.go.this.later',
    '6-6 A.go.Runnable.run',
    '7-7 A.go.Comparator.compare',
    '8-8 A.go.Local.l',
  ]);
});

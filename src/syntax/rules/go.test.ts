import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';

const functionsOf = async (source: string) =>
  (await findFunctions('go', source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('functions and methods as Go writes them', async () => {
  const source = `package a

func Map[T, U any](xs []T, f func(T) U) []U { return nil }
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() { recover() }()
}
func (l *List[K, V]) Push(k K) {}
func (Point) String() string { return "" }
func (p Pair[A, B]) Left() A { return p.a }
func assembly(x int) int
type I interface{ M() }
`;
  expect(await functionsOf(source)).toEqual([
    '3-3 Map',
    '4-6 (*Mux).ServeHTTP',
    '7-7 (*List).Push',
    '8-8 Point.String',
    '9-9 Pair.Left',
  ]);
});

test('function values that are assigned', async () => {
  const source = `package a

var handler = func() {}
var a, b = func() {}, func() int { return 1 }
var table = map[string]func(){"key": func() {}}
var server = Server{Run: func() {}}

func outer() {
	inner := func() {}
	x, y := 1, func() {}
	server.Stop = func() {}
	for i := range 10 { go func() { _ = i }() }
}
`;
  expect(await functionsOf(source)).toEqual([
    '3-3 handler',
    '4-4 a',
    '4-4 b',
    '5-5 key',
    '6-6 Run',
    '8-13 outer',
    '9-9 outer.inner',
    '10-10 outer.y',
    '11-11 outer.server.Stop',
  ]);
});

import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';

const functionsOf = async (source: string) =>
  (await findFunctions('swift', source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('functions, initializers, operators, accessors and observers', async () => {
  const source = `
public func top<each T>(_ x: repeat each T) async throws -> some Sequence<Int> {
    func local() { }
    return x
}
final class A<T>: B where T: C {
    init(x: Int) { }
    deinit { }
    @discardableResult
    static func make() -> A { A(x: 1) }
    var short: Int { return 1 }
    var both: Int {
        get { 1 }
        set { z = newValue }
    }
    var observed: Int = 1 {
        didSet { x() }
    }
    var stored = 1
    subscript(i: Int) -> Int { 2 }
    static func == (l: A, r: A) -> Bool { true }
}
extension Array where Element == Int {
    mutating func e() { }
}
protocol P {
    func none()
    var v: Int { get }
}
enum E {
    case a
    func f() { }
}
actor Worker {
    nonisolated func w() { }
}
`;
  expect(await functionsOf(source)).toEqual([
    '2-5 top',
    '3-3 top.local',
    '7-7 A.init',
    '8-8 A.deinit',
    '9-10 A.make',
    '11-11 A.short',
    '13-13 A.both.get',
    '14-14 A.both.set',
    '17-17 A.observed.didSet',
    '20-20 A.subscript',
    '21-21 A.==',
    '24-24 Array.e',
    '32-32 E.f',
    '35-35 Worker.w',
  ]);
});

test('closures that are assigned', async () => {
  const source = `
let f = { (x: Int) in x }
class A {
    let g: () -> Void = { }
    func m() {
        self.h = { 1 }
        list.map { $0 }
    }
}
`;
  expect(await functionsOf(source)).toEqual(['2-2 f', '4-4 A.g', '5-8 A.m', '6-6 A.m.self.h']);
});

test('every branch of conditional compilation', async () => {
  const source = `
class A {
    #if os(Linux)
    func linux() { }
    #elseif canImport(Darwin)
    func darwin() {
        #if DEBUG
        log(#function)
        #endif
    }
    #else
    #warning("no platform")
    func other() { }
    #endif
    func after() { if #available(iOS 15, *) { } }
}
`;
  expect(await functionsOf(source)).toEqual([
    '4-4 A.linux',
    '6-10 A.darwin',
    '13-13 A.other',
    '15-15 A.after',
  ]);
});

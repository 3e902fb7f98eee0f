import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';

const functionsOf = async (source: string) =>
  (await findFunctions('kotlin', source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('functions, extensions, constructors and accessors', async () => {
  const source = `package a

fun top() = 1
fun String.shout(): String = uppercase()
inline fun <reified T> List<T>.second(): T {
    fun local() {}
    return this[1]
}
suspend fun Foo?.later(block: suspend () -> Unit) {}
class A(val x: Int) : B(), C by c {
    constructor() : this(1) {
        check()
    }
    init { check() }
    val size: Int get() = 1
    var name: String = ""
        get() { return field }
        private set(value) { field = value }
    companion object {
        fun make() = A()
    }
    inner class Inner {
        operator fun plus(o: A) = o
    }
    abstract fun none()
    override fun \`with spaces\`() {}
}
`;
  expect(await functionsOf(source)).toEqual([
    '3-3 top',
    '4-4 String.shout',
    '5-8 List.second',
    '6-6 List.second.local',
    '9-9 Foo?.later',
    '11-13 A.constructor',
    '15-15 A.size.get',
    '17-17 A.name.get',
    '18-18 A.name.set',
    '20-20 A.Companion.make',
    '23-23 A.Inner.plus',
    '26-26 A.`with spaces`',
  ]);
});

test('lambdas that are assigned, objects, interfaces and enumerations', async () => {
  const source = `
val f = { a: Int -> a }
val g = fun(x: Int): Int { return x }
val lazyOne by lazy { 1 }
object O {
    fun o() {
        val listener = object : Runnable { override fun run() {} }
        use(object : Comparator<Int> { override fun compare(a: Int, b: Int) = 0 })
        this.callback = { 1 }
        list.map { it }
    }
}
data object D { fun d() {} }
@JvmInline value class V(val x: Int) { fun v() = when (val y = x) { is Int -> 1; else -> 2 } }
`;
  expect(await functionsOf(source)).toEqual([
    '2-2 f',
    '3-3 g',
    '6-11 O.o',
    '7-7 O.o.listener.run',
    '8-8 O.o.Comparator.compare',
    '9-9 O.o.this.callback',
    '13-13 D.d',
    '14-14 V.v',
  ]);
});

test('soft keywords as names at the begin of a statement', async () => {
  const source = `class A {
    fun m() {
        val in1 = source()
        in1.close()
        open = isOpen
        final = true
        open()
        external.call()
    }
    fun after() {}
}
`;
  expect(await functionsOf(source)).toEqual(['2-9 A.m', '10-10 A.after']);
});

test('interfaces and enumerations', async () => {
  expect(await functionsOf('fun interface F {\n    fun call()\n    fun some() {}\n}\n')).toEqual([
    '3-3 F.some',
  ]);
  expect(await functionsOf('sealed interface S { fun closed() {} }\n')).toEqual(['1-1 S.closed']);
  const source = 'enum class E {\n    X { override fun m() {} };\n    open fun m() {}\n}\n';
  expect(await functionsOf(source)).toEqual(['2-2 E.X.m', '3-3 E.m']);
});

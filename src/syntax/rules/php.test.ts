import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';

const functionsOf = async (source: string) =>
  (await findFunctions('php', source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('functions and methods of classes, traits and enumerations', async () => {
  const source = `<h1><?= $title ?></h1>
<?php
declare(strict_types=1);
namespace App\\Models;
#[Attribute]
final readonly class User extends Model implements I {
    use T;
    public function __construct(private readonly int $x, protected ?string $y = null) {}
    abstract function none();
    public static function &find(int|string $id): static|null { return match(true) { default => null }; }
    public string $name { get => strtoupper($this->name); set(string $v) { $this->name = $v; } }
}
enum Suit: string { case H = 'h'; const X = self::H; public function label(): string { return ''; } }
trait T { public function t(): never { throw new E(); } }
interface I { public function none(); }
function top(int ...$xs): void { function inner() {} }
`;
  expect(await functionsOf(source)).toEqual([
    '8-8 User::__construct',
    '10-10 User::find',
    '11-11 User::$name::get',
    '11-11 User::$name::set',
    '13-13 Suit::label',
    '14-14 T::t',
    '16-16 top',
    '16-16 top::inner',
  ]);
});

test('closures that are assigned, and anonymous classes', async () => {
  const source = `<?php
$f = function () use ($x) { return 1; };
$g = static fn(int $x): int => $x;
$table = ['key' => function () {}, 'other' => fn() => 1];
class A { function m() { $this->h = fn() => 1; array_map(fn($x) => $x, $xs); return new class(1) extends Z { function z() {} }; } }
$first = strlen(...);
`;
  expect(await functionsOf(source)).toEqual([
    '2-2 $f',
    '3-3 $g',
    '4-4 key',
    '4-4 other',
    '5-5 A::m',
    '5-5 A::m::$this->h',
    '5-5 A::m::class@anonymous::z',
  ]);
});

import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';

const functionsOf = async (source: string) =>
  (await findFunctions('ruby', source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('methods of instances and of classes as Ruby writes them', async () => {
  const source = `
module A::B
  class C < D
    def plain(x) = x + 1
    def self.build; end
    def ==(o) true end
    def name=(v); end
    def empty? = true
    private def hidden; end
    class << self
      def shared; end
      private def secret; end
    end
    def outer
      def inner; end
    end
  end
end
class ::Root; def r; end; end
def top(...) = other(...)
obj = Object.new
def obj.single; end
`;
  expect(await functionsOf(source)).toEqual([
    '4-4 A::B::C#plain',
    '5-5 A::B::C.build',
    '6-6 A::B::C#==',
    '7-7 A::B::C#name=',
    '8-8 A::B::C#empty?',
    '9-9 A::B::C#hidden',
    '11-11 A::B::C.shared',
    '12-12 A::B::C.secret',
    '14-16 A::B::C#outer',
    '15-15 A::B::C#outer#inner',
    '19-19 Root#r',
    '20-20 top',
    '22-22 single',
  ]);
});

test('methods that are defined by a call, lambdas and procs that are assigned', async () => {
  const source = `
class C
  define_method(:defined) { |x| x }
  define_method "named" do |y| y end
  define_singleton_method(:single) { }
  DOUBLE = ->(x) { x * 2 }
  H = { key: -> { 1 }, "other" => lambda { 2 } }
  Point = Struct.new(:x) do
    def norm = x
  end
  def m
    f = lambda { |x| x }
    g = proc do |z| z end
    @h = Proc.new { 1 }
    i = items.map { |x| x }
    case x
    in { name: String => n, age: Integer } if n then n
    end
  end
end
`;
  expect(await functionsOf(source)).toEqual([
    '3-3 C#defined',
    '4-4 C#named',
    '5-5 C.single',
    '6-6 C.DOUBLE',
    '7-7 C.key',
    '7-7 C.other',
    '9-9 C::Point#norm',
    '11-19 C#m',
    '12-12 C#m.f',
    '13-13 C#m.g',
    '14-14 C#m.@h',
  ]);
});

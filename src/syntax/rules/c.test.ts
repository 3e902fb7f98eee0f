import { expect, test } from 'vitest';
import { findFunctions } from '../find.ts';
import type { Language } from '../language.ts';

const functionsOf = async (source: string, language: Language) =>
  (await findFunctions(language, source)).map(
    ({ name, startLine, endLine }) => `${startLine}-${endLine} ${name}`,
  );

test('C: definitions of every shape, no prototypes', async () => {
  const source = `
static inline const char *name(int a) { return 0; }
int old(a, b) int a; char b; { return 1; }
int (*pointer(void))(int) { return 0; }
__attribute__((noinline)) void attributed(void) {}
void (guarded)(void) {}
int prototype(int);
struct s { int (*callback)(void); };
[[nodiscard]] bool modern(void) { return true; }
#ifdef A
int either(void) { return 1; }
#else
int or(void) { return 2; }
#endif
void loops(void) { for_each(x, y) { use(x); } }
`;
  expect(await functionsOf(source, 'c')).toEqual([
    '2-2 name',
    '3-3 old',
    '4-4 pointer',
    '5-5 attributed',
    '6-6 guarded',
    '9-9 modern',
    '11-11 either',
    '13-13 or',
    '15-15 loops',
  ]);
});

test('C++: members inside and outside of their class, operators, templates', async () => {
  const source = `
namespace a::b { namespace { int hidden() { return 1; } }
template <typename T> class C final : public D<T> {
 public:
  C() : x(1) {}
  ~C() {}
  C(const C&) = default;
  void m() const noexcept override { auto l = [this](int a) { return a; }; }
  template <class U> friend bool operator==(const U& a, const C& b) { return true; }
  explicit operator bool() const { return true; }
  auto operator<=>(const C&) const = default;
  T& operator[](int i) { return x; }
  struct In { static void deep() {} };
  std::function<void()> callback = [] {};
  void declared();
};
template <typename T> void C<T>::out(int x) try { } catch (...) {}
template <> int C<int>::special() { return 1; }
A::operator int() { return 1; }
}
const std::string& ns::X<T>::reference() const { return s; }
auto trailing(auto x) -> int requires Small<decltype(x)> { return 1; }
auto global = [](auto x) { return x; };
void* operator new(size_t n) { return 0; }
long operator""_km(long x) { return x; }
`;
  expect(await functionsOf(source, 'cpp')).toEqual([
    '2-2 a::b::hidden',
    '5-5 a::b::C::C',
    '6-6 a::b::C::~C',
    '8-8 a::b::C::m',
    '8-8 a::b::C::m::l',
    '9-9 a::b::C::operator==',
    '10-10 a::b::C::operator bool',
    '12-12 a::b::C::operator[]',
    '13-13 a::b::C::In::deep',
    '14-14 a::b::C::callback',
    '17-17 a::b::C::out',
    '18-18 a::b::C::special',
    '19-19 a::b::A::operator int',
    '21-21 ns::X::reference',
    '22-22 trailing',
    '23-23 global',
    '24-24 operator new',
    '25-25 operator""_km',
  ]);
});

test('C++: macros that stand where the grammar wants none', async () => {
  const source = `
LIB_BEGIN_NAMESPACE
namespace a {
class LIB_EXPORT Widget : public Base {
  Q_OBJECT
  LIB_PRIVATE_UNLESS_TESTED:
  LIB_DISALLOW_COPY(Widget)
 public:
  void show() {}
};
struct PLAIN { void p() {} };
LIB_NONNULL(1)
int after() { return 1; }
}
LIB_END_NAMESPACE
void f() { MY_TRY
{ } MY_CATCH (std::exception&) { g(); } }
`;
  expect(await functionsOf(source, 'cpp')).toEqual([
    '9-9 a::Widget::show',
    '11-11 a::PLAIN::p',
    '13-13 a::after',
    '16-17 f',
  ]);
});

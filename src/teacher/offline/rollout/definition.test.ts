import { describe, expect, test } from 'vitest';
import { definitionScore } from './definition.ts';

const DEFINITIONS = [
  'def load(self):',
  '    async def load(self):',
  'export async function load(path: string) {',
  '  private load<T>(path: T): void {',
  '  load: async (path) => {',
  'const load = (path) =>',
  'func (p *Pool) load(name string) error {',
  '    pub(crate) fn load(&self) -> u32 {',
  '  public static String load(String name) throws IOException {',
  '    override suspend fun load(name: String): Int {',
  'static int load(struct pool *p,',
  'std::string Pool::load(const char* name) const {',
  '        public override string load(int i) => reader.load(i);',
  '        public int load => 3;',
  '  def self.load(name)',
  '    public function load(string $name)',
  '    fileprivate func load(_ name: String) throws {',
];

const MENTIONS = [
  '    return load(path)',
  '  // load the rest',
  '# load(path) does it',
  '    if (load(path)) {',
  '  other.reload(path);',
  'import { load } from "./load.ts";',
];

describe('a line', () => {
  test.each(DEFINITIONS)('that defines: %s', (line) => {
    expect(definitionScore(line, 'load')).toMatchObject({
      called: 'load',
      score: expect.toSatisfy((score: number) => score > 0),
    });
  });

  test.each(MENTIONS)('that only mentions: %s', (line) => {
    expect(definitionScore(line, 'load').score).toBe(0);
  });

  test('gives its own name where any will do', () => {
    expect(definitionScore('func (p *Pool) take() {', '').called).toBe('take');
  });
});

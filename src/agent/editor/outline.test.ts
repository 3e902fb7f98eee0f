import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EditedFiles } from '../../../test/agent/edited-files.ts';

let files: EditedFiles;
beforeAll(async () => {
  files = await EditedFiles.open();
});
afterAll(() => files.close());

const filler = (indent: string, statement: string) => `${indent}${statement}\n`.repeat(900);

describe('the outline of a long file', () => {
  test('leaves out the bodies of functions and says which lines they are', async () => {
    await files.start({
      'a.py': `import os\n\nclass A:\n    def f(self,\n          b):\n${filler('        ', 'b = os.path.join("a")')}\n    def g(self):\n        return 1\n`,
    });
    const shown = await files.view('a.py');
    expect(shown.split('\n').slice(1, -1)).toEqual([
      '     1 import os',
      '     2 ',
      '     3 class A:',
      '     4     def f(self,',
      '     5           b):',
      '     6 ... eliding lines 6-905 ...',
      '   906 ',
      '   907     def g(self):',
      '   908         return 1',
    ]);
    expect(shown).toMatch(/^<NOTE>.*<\/NOTE>\n/);
    expect(shown).toMatch(/\n<IMPORTANT><NOTE>.*<\/NOTE><\/IMPORTANT>$/);
  });

  test.each([
    ['a.rs', `// a\n\npub fn f() -> i32 {\n${filler('    ', 'println!("something");')}}\n`],
    ['A.java', `class A {\n\n  int f() {\n${filler('    ', 'System.out.println(1);')}  }\n}\n`],
    ['a.c', `#include <a.h>\n\nint f(void) {\n${filler('  ', 'puts("something to say");')}}\n`],
    ['a.go', `package a\n\nfunc F() {\n${filler('\t', 'println("something to say")')}}\n`],
    [
      'a.ts',
      `const a = 1;\n\nexport const f = (): void => {\n${filler('  ', 'console.log("something")')}};\n`,
    ],
    ['a.rb', `module A\n\ndef f\n${filler('  ', 'puts "something to say"')}end\nend\n`],
  ])('works for %s, where what closes a body stays', async (name, content) => {
    await files.start({ [name]: content });
    const shown = (await files.view(name)).split('\n').slice(3, 6);
    expect(shown[0]).toBe(`     3 ${content.split('\n')[2]}`);
    expect(shown[1]).toBe('     4 ... eliding lines 4-903 ...');
    expect(shown[2]).toBe(`   904 ${content.split('\n')[903]}`);
  });

  test('is not made where there is no function to leave out', async () => {
    await files.start({
      'a.py': filler('', 'a = "a long list of statements"'),
      'a.txt': filler('', 'words and more words'),
    });
    for (const name of ['a.py', 'a.txt']) expect(await files.view(name)).toContain('<response clipped>');
  });
});

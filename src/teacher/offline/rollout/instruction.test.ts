import { describe, expect, test } from 'vitest';
import { bareName, ownerName, readTask } from './instruction.ts';

describe('an instruction', () => {
  test.each([
    [
      'There is trouble around the function `Flask.run` in the file src/flask/app.py.',
      'Flask.run',
      'src/flask/app.py',
    ],
    [
      'Something is wrong with a callback related to Mux.handle in chi/mux.go.\nWhen I call Mux.handle(), it hangs.',
      'Mux.handle',
      'chi/mux.go',
    ],
    ['Look at `(*Mux).ServeHTTP` (/testbed/mux.go), please.', '(*Mux).ServeHTTP', 'mux.go'],
    [
      'The method `<Reader as io::Read>::read` of crates/a/src/lib.rs loses bytes.',
      '<Reader as io::Read>::read',
      'crates/a/src/lib.rs',
    ],
    ['`größe()` in `app/[id]/größe page.tsx` is off', 'größe', 'app/[id]/größe page.tsx'],
    ['Fix parse() in ./lib/parse.js!', 'parse', 'lib/parse.js'],
  ])('%s', (text, name, file) => {
    const task = readTask(text);
    expect(task.names[0]).toBe(name);
    expect(task.files[0]).toBe(file);
  });

  test('is read without the frame that a template puts around it', () => {
    const task = readTask(
      'Use `bash` on x.py.\n<pr_description>\n`load` in a.py is slow\n</pr_description>\nRun `tests` of b.py.',
    );
    expect(task).toMatchObject({ names: ['load'], files: ['a.py'] });
  });

  test('that says nothing gives nothing', () => {
    expect(readTask('Make it better.')).toMatchObject({ names: [], files: [], wishes: [] });
    expect(readTask('See ../../etc/passwd.py').files).toEqual([]);
  });

  test('suggests what its topic is about', () => {
    const kinds = readTask('There is an issue of naming around `a`.').suggested.map(({ kind }) => kind);
    expect(kinds).toContain('rename-local');
    expect(kinds).not.toContain('wrap-error');
  });
});

test.each([
  ['Flask.run', 'run', 'Flask'],
  ['(*Mux).ServeHTTP', 'ServeHTTP', 'Mux'],
  ['<Reader as io::Read>::read', 'read', 'Reader'],
  ['Rack::Base#call', 'call', 'Base'],
  ['main', 'main', ''],
])('the parts of %s', (name, bare, owner) => {
  expect([bareName(name), ownerName(name)]).toEqual([bare, owner]);
});

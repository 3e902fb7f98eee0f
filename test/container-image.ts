import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const IMAGE = 'localhost/sera-test:bash-and-git';
const PROGRAMS =
  'bash sh cat cp mv rm ls mkdir ln chmod chown touch head tail wc tr cut sed grep find env id sleep stat mkfifo kill true tee git seq timeout';

/** Copies programs of this machine with their libraries: an image for tests that no registry is asked for. */
const COPY = `
set -e; cd "$1"
mkdir -p usr/bin usr/lib usr/lib64 usr/lib/git-core tmp root etc proc sys dev
for folder in bin lib lib64; do ln -s usr/$folder $folder; done; ln -s usr/bin sbin
for program in ${PROGRAMS}; do cp -L "$(type -P $program)" usr/bin/; done
ln -s ../../bin/git usr/lib/git-core/git
for program in usr/bin/*; do ldd $program 2>/dev/null | grep -o '/[^ ]*' || true; done | sort -u |
  while read library; do mkdir -p ".$(dirname $library)"; cp -L $library .$library; done
`;

/**
 * Makes an image with bash and git, once on each machine.
 *
 * @returns its name, or why there can be none
 */
export function testImage(): { readonly image: string } | { readonly missing: string } {
  const engine = ['podman', 'docker'].find((name) => succeeds(name, ['info']));
  if (engine === undefined) return { missing: 'no container engine answers' };
  if (!succeeds(engine, ['image', 'inspect', IMAGE])) {
    const folder = mkdtempSync(join(tmpdir(), 'sera-image-'));
    try {
      execFileSync('bash', ['-c', COPY, 'bash', folder], { stdio: 'ignore' });
      execFileSync('bash', ['-c', 'tar c -C "$1" . | "$2" import - "$3"', 'bash', folder, engine, IMAGE], {
        stdio: 'ignore',
      });
    } catch (error) {
      return { missing: `no image could be made: ${String(error)}` };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return { image: IMAGE };
}

/** Names of images that sandboxes were prepared as, to tell those of a test from those that were there. */
export function preparedImages(): string[] {
  const engine = ['podman', 'docker'].find((name) => succeeds(name, ['info']));
  if (engine === undefined) return [];
  const words = [
    'images',
    '--format',
    '{{.Repository}}:{{.Tag}}',
    '--filter',
    'reference=localhost/sera-prepared',
  ];
  return execFileSync(engine, words, { encoding: 'utf8' }).split('\n').filter(Boolean);
}

export function removeImages(names: readonly string[]): void {
  const engine = ['podman', 'docker'].find((name) => succeeds(name, ['info']));
  if (engine !== undefined) for (const name of names) succeeds(engine, ['rmi', name]);
}

function succeeds(program: string, words: readonly string[]): boolean {
  try {
    execFileSync(program, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

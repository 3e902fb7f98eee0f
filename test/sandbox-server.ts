import { createInterface } from 'node:readline';
import { openSandboxes } from '../src/sandbox/index.ts';

/**
 * Opens a sandbox and does with it what comes in on standard input, a JSON array `[method, ...arguments]` a line, so
 * that a test can try one as another user, and end the whole program. Arguments: folder for the sandboxes, tree,
 * options as JSON.
 */
const [work = '', tree = '', options = '{}'] = process.argv.slice(2);
const provider = await openSandboxes({
  ...JSON.parse(options),
  kind: JSON.parse(options).kind ?? 'bubblewrap',
  allowHost: true,
  network: JSON.parse(options).network === true,
  work,
});
let sandbox = await provider.open(tree);

const methods: Readonly<Record<string, (...words: string[]) => Promise<unknown>>> = {
  run: (command = '', timeout = '20') => sandbox.run(command, { timeout: Number(timeout) }),
  shell: (command = '', timeout = '20') => sandbox.shell(command, { timeout: Number(timeout) }),
  read: async (path = '') => (await sandbox.files.read(path)).toString('latin1'),
  write: (path = '', content = '') => sandbox.files.write(path, Buffer.from(content)),
  patch: () => sandbox.patch(),
  describe: async () => provider.description,
  reopen: async () => {
    await sandbox.close();
    sandbox = await provider.open(tree);
  },
  close: async () => {
    await sandbox.close();
    await provider.close();
  },
};

process.stdout.write(`${JSON.stringify({ value: 'ready' })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const [method, ...words]: string[] = JSON.parse(line);
  const answer = await methods[method ?? '']?.(...words).then(
    (value) => ({ value: value ?? null }),
    (error: unknown) => ({ error: String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);

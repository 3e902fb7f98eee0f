#!/usr/bin/env node
// The one entry. It starts on any Node that npm itself starts on: where that one is older than the code
// needs, the Node that was installed beside the package takes over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  const built = here('../dist/cli/main.js');
  const entry = existsSync(built) ? built : here('../src/cli/main.ts');
  const { main } = await import(pathToFileURL(entry).href);
  await main(process.argv.slice(2));
} else {
  handOver();
}

function handOver() {
  let node;
  try {
    node = createRequire(import.meta.url).resolve('node/bin/node');
  } catch {
    process.stderr.write(
      `sera needs Node ${NEEDED} or newer; this is ${process.versions.node}. Install a newer one.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [here('./sera.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to the whole group; what is sent to this process alone goes on to the child.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (status, signal) => process.exit(status ?? (signal === 'SIGINT' ? 130 : 1)));
}

#!/usr/bin/env node
// The one entry. It starts on any Node that npm itself starts on: where that one is older than the code
// needs, the Node that was installed beside the package takes over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  mergeSignals();
  endWithParent();
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
  const child = spawn(node, [here('./sera.js'), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // A moment later: what the whole group was sent has reached it by then, and it may be ending already.
  for (const signal of SIGNALS) process.on(signal, () => setTimeout(() => child.kill(signal), 50));
  child.on('exit', (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
}

/**
 * What is sent to a whole group (Ctrl-C, a closed terminal) comes twice: by itself, and passed on by whoever started
 * this process, be it the older Node or npx. No person means two signals within so short a time.
 */
function mergeSignals() {
  const emit = process.emit;
  const last = new Map();
  process.emit = function (event, ...rest) {
    if (SIGNALS.includes(event)) {
      const now = performance.now();
      if (now - last.get(event) < 200) return true;
      last.set(event, now);
    }
    return emit.call(this, event, ...rest);
  };
}

/** The channel to the older Node closes also where that one is killed: nothing may run on behind its back. */
function endWithParent() {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 10_000).unref();
  });
  process.channel?.unref(); // waiting for this is no reason to stay
}

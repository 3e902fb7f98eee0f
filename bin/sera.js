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
  passSignals(child);
  child.on('exit', (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
}

/** A signal to the whole group (Ctrl-C, a closed terminal) reaches the child by itself, and it says so: others are passed on. */
function passSignals(child) {
  const handled = new Map();
  child.on('message', (signal) => handled.set(signal, performance.now()));
  const pass = (signal, since) => {
    if (!(handled.get(signal) > since)) child.kill(signal);
  };
  for (const signal of SIGNALS) {
    process.on(signal, () => setTimeout(pass, 300, signal, performance.now() - 500));
  }
}

/** From npx the same signal comes twice. No person means two of them within so short a time. */
function mergeSignals() {
  const emit = process.emit;
  const last = new Map();
  process.emit = function (event, ...rest) {
    if (SIGNALS.includes(event)) {
      const now = performance.now();
      if (now - last.get(event) < 200) return true;
      last.set(event, now);
      process.send?.(event, undefined, undefined, () => {}); // the older Node may be gone
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

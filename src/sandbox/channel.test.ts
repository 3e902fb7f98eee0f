import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { Channel } from './channel.ts';
import { ByteSink } from './collect.ts';

/** A channel whose bash is the test: `nonce` is that of the script sent last. */
function start(): { channel: Channel; output: PassThrough; nonce(): string } {
  const input = new PassThrough();
  const output = new PassThrough();
  const channel = new Channel(input, output);
  return { channel, output, nonce: () => / (\w{16}) \$\?/.exec(String(input.read()))?.[1] ?? '' };
}

async function tick(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

it('the end is found wherever output is cut into pieces', async () => {
  for (let cut = 1; cut < 40; cut += 1) {
    const { channel, output, nonce } = start();
    const sink = new ByteSink(100);
    const running = channel.execute('x\n', sink);
    const all = Buffer.from(`some \x1e output\x1e${nonce()} 7\x1e`);
    output.write(all.subarray(0, cut));
    await tick();
    output.write(all.subarray(cut));
    expect(await running).toEqual({ type: 'status', status: 7 });
    expect(sink.finish().toString()).toBe('some \x1e output');
  }
});

it('an end with another nonce is output', async () => {
  const { channel, output, nonce } = start();
  const sink = new ByteSink(1000);
  const running = channel.execute('x\n', sink);
  const forged = `\x1e${'0'.repeat(16)} 0\x1e\x1e\x1e \x1e0123456789abcdef 0`;
  output.write(`${forged}\x1e${nonce()} 1\x1e`);
  expect(await running).toEqual({ type: 'status', status: 1 });
  expect(sink.finish().toString()).toBe(forged);
});

it('what comes while nothing runs is given to the next script', async () => {
  const { channel, output, nonce } = start();
  output.write('stray ');
  await tick();
  const sink = new ByteSink(100);
  const running = channel.execute('x\n', sink);
  output.write(`own\x1e${nonce()} 0\x1e`);
  await running;
  expect(sink.finish().toString()).toBe('stray own');
});

it('a flood while nothing runs is not read without end', async () => {
  const { channel, output, nonce } = start();
  for (let piece = 0; piece < 40; piece += 1) {
    output.write(Buffer.alloc(65_536, 'x'));
    await tick();
  }
  expect(output.isPaused()).toBe(true);
  const sink = new ByteSink(1 << 30);
  const running = channel.execute('x\n', sink);
  output.write(`\x1e${nonce()} 0\x1e`);
  await running;
  expect(sink.length).toBeLessThanOrEqual(40 * 65_536);
});

it('the death of the bash ends the script that runs, or is remembered', async () => {
  const { channel, output } = start();
  const running = channel.execute('x\n', new ByteSink(100));
  output.write(`\x1e${channel.deathNonce} 3\x1e`);
  expect(await running).toEqual({ type: 'death', status: 3 });
  output.write(`\x1e${channel.deathNonce} 137\x1e`);
  await tick();
  expect(channel.takeDeath()).toEqual({ type: 'death', status: 137 });
  expect(channel.takeDeath()).toBeUndefined();
});

it('a broken channel fails what runs and what comes', async () => {
  const { channel } = start();
  const running = channel.execute('x\n', new ByteSink(100));
  channel.break(new Error('gone'));
  await expect(running).rejects.toThrow('gone');
  await expect(channel.execute('y\n', new ByteSink(100))).rejects.toThrow('gone');
});

import { describe, expect, it } from 'vitest';
import { systemCallFilter } from './system-calls.ts';

const ALLOWED = 0x7fff0000;
const NOT_PERMITTED = 0x00050001;
const UNKNOWN = 0x00050026;

/** What the kernel makes of the program for a call. */
function judge(program: Buffer, audit: number, number: number, flags = 0): number {
  let loaded = 0;
  for (let at = 0; at < program.length / 8; at += 1) {
    const [code, value] = [program.readUInt16LE(at * 8), program.readUInt32LE(at * 8 + 4)];
    const jump = (condition: boolean): void => {
      at += program.readUInt8(at * 8 + (condition ? 2 : 3));
    };
    if (code === 0x20) loaded = { 0: number, 4: audit, 16: flags }[value] ?? Number.NaN;
    else if (code === 0x15) jump(loaded === value);
    else if (code === 0x35) jump(loaded >= value);
    else if (code === 0x45) jump((loaded & value) !== 0);
    else if (code === 0x06) return value;
    else throw new RangeError(`no such instruction ${code}`);
  }
  throw new RangeError('the program has no end');
}

describe.each([
  { machine: 'x64', audit: 0xc000003e, read: 0, mount: 165, clone: 56, last: 59 },
  { machine: 'arm64', audit: 0xc00000b7, read: 63, mount: 40, clone: 220, last: 221 },
])('the filter for $machine', ({ machine, audit, read, mount, clone, last }) => {
  const program = systemCallFilter(machine) ?? Buffer.alloc(0);

  it('lets ordinary calls pass: read, execve, threads and processes', () => {
    for (const number of [read, last, 437, 0x3fff_ffff]) expect(judge(program, audit, number)).toBe(ALLOWED);
    expect(judge(program, audit, clone, 0x003d_0f00)).toBe(ALLOWED);
  });

  it('refuses mounts, and namespaces by any flag', () => {
    expect(judge(program, audit, mount)).toBe(NOT_PERMITTED);
    expect(judge(program, audit, 430)).toBe(NOT_PERMITTED);
    for (const flag of [
      0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
    ]) {
      expect(judge(program, audit, clone, flag | 17)).toBe(NOT_PERMITTED);
    }
  });

  it('knows neither clone3, whose flags it cannot see, nor calls of another machine', () => {
    expect(judge(program, audit, 435)).toBe(UNKNOWN);
    expect(judge(program, 0x4000_0003, read)).toBe(UNKNOWN);
    expect(judge(program, audit, 0x4000_0000 + read)).toBe(UNKNOWN);
  });
});

it('there is none for a machine whose calls are not known', () => {
  expect(systemCallFilter('riscv64')).toBeUndefined();
});

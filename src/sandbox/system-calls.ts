/**
 * A filter of system calls, in the form that `bwrap --seccomp` takes: classic BPF as in Linux' `linux/filter.h` and
 * `linux/seccomp.h`. It refuses what no build, test or tool of a repository needs and through which kernels have been
 * attacked: namespaces, mounts, modules, keys, tracing of the kernel, and rings of asynchronous calls.
 */

interface Machine {
  /** `AUDIT_ARCH_…` */
  readonly audit: number;
  readonly clone: number;
  /** Numbers of calls that are refused as not permitted. */
  readonly refused: readonly number[];
}

/** Numbers that are the same on all machines: fsopen, fsconfig, fsmount, fspick, move_mount, open_tree, mount_setattr. */
const MOUNTS = [428, 429, 430, 431, 432, 433, 442];
/** Refused as unknown, so that libraries go another way: io_uring_setup, …_enter, …_register, clone3. */
const UNKNOWN = [425, 426, 427, 435];

const MACHINES: Readonly<Record<string, Machine>> = {
  x64: {
    audit: 0xc000003e,
    clone: 56,
    refused: [
      ...[250, 248, 249, 321, 298, 323], // keyctl, add_key, request_key, bpf, perf_event_open, userfaultfd
      ...[246, 320, 175, 313, 176], // kexec_load, kexec_file_load, init_module, finit_module, delete_module
      ...[165, 166, 155, 308, 272, 304], // mount, umount2, pivot_root, setns, unshare, open_by_handle_at
      ...[167, 168, 169, 163, 179, 103], // swapon, swapoff, reboot, acct, quotactl, syslog
    ],
  },
  arm64: {
    audit: 0xc00000b7,
    clone: 220,
    refused: [
      ...[219, 217, 218, 280, 241, 282],
      ...[104, 294, 105, 273, 106],
      ...[40, 39, 41, 268, 97, 265],
      ...[224, 225, 142, 89, 60, 116],
    ],
  },
};

/** All flags of `clone` that make a namespace. */
const NEW_NAMESPACE = 0x7e02_0000;
/** From here on calls of x86 are those of its form with short pointers. */
const X32 = 0x4000_0000;

const LOAD = 0x20;
const EQUAL = 0x15;
const AT_LEAST = 0x35;
const ANY_BIT = 0x45;
const RETURN = 0x06;
const NUMBER_AT = 0;
const MACHINE_AT = 4;
const FIRST_ARGUMENT_AT = 16;
const ALLOW = 0x7fff_0000;
const NOT_PERMITTED = 0x0005_0001;
const NOT_KNOWN = 0x0005_0026;

type Target = 'next' | 'allow' | 'refuse' | 'unknown' | 'flags';
type Step = readonly [code: number, value: number, then?: Target, otherwise?: Target];

/** @returns the program, or undefined for a machine whose calls are not known here */
export function systemCallFilter(machine: string = process.arch): Buffer | undefined {
  const known = MACHINES[machine];
  if (known === undefined) return undefined;
  const checks: Step[] = [
    [LOAD, MACHINE_AT],
    [EQUAL, known.audit, 'next', 'unknown'],
    [LOAD, NUMBER_AT],
    [AT_LEAST, X32, 'unknown', 'next'],
    ...[...known.refused, ...MOUNTS].map((number): Step => [EQUAL, number, 'refuse', 'next']),
    ...UNKNOWN.map((number): Step => [EQUAL, number, 'unknown', 'next']),
    [EQUAL, known.clone, 'flags', 'allow'],
  ];
  const flags: Step[] = [
    [LOAD, FIRST_ARGUMENT_AT],
    [ANY_BIT, NEW_NAMESPACE, 'refuse', 'allow'],
  ];
  const ends: Step[] = [
    [RETURN, ALLOW],
    [RETURN, NOT_PERMITTED],
    [RETURN, NOT_KNOWN],
  ];
  const end = checks.length + flags.length;
  const places = { flags: checks.length, allow: end, refuse: end + 1, unknown: end + 2 };
  return assemble([...checks, ...flags, ...ends], (target, at) =>
    target === 'next' ? at + 1 : places[target],
  );
}

function assemble(steps: readonly Step[], place: (target: Target, at: number) => number): Buffer {
  const program = Buffer.alloc(steps.length * 8);
  for (const [at, [code, value, then = 'next', otherwise = 'next']] of steps.entries()) {
    program.writeUInt16LE(code, at * 8);
    program.writeUInt8(place(then, at) - at - 1, at * 8 + 2);
    program.writeUInt8(place(otherwise, at) - at - 1, at * 8 + 3);
    program.writeUInt32LE(value, at * 8 + 4);
  }
  return program;
}

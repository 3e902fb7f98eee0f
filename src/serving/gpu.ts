import { execa } from 'execa';
import { UsageError } from '../error.ts';

/** One GPU of this machine, or of a kind that can be rented. Memory in bytes. */
export interface Gpu {
  /** What `CUDA_VISIBLE_DEVICES` calls it; absent for a kind. */
  readonly id?: string;
  readonly name: string;
  readonly memory: number;
  /** In use by others already. */
  readonly used: number;
}

const GIB = 2 ** 30;

/** Memory of the kinds that Modal rents, in GiB as the driver reports it (https://modal.com/docs/guide/gpu). */
const KINDS: Readonly<Record<string, number>> = {
  T4: 15,
  L4: 22.5,
  A10: 22.5,
  L40S: 44.9,
  'A100-40GB': 40,
  'A100-80GB': 80,
  'RTX-PRO-6000': 95.6,
  H100: 79.6,
  H200: 140.4,
  B200: 179,
  B300: 268,
};

/**
 * A kind of GPU by name, in any case of letters.
 *
 * @throws UsageError that lists the kinds
 */
export function gpuKind(text: string): Gpu {
  const name = Object.keys(KINDS).find((kind) => kind.toLowerCase() === text.toLowerCase());
  const memory = KINDS[name ?? ''];
  if (name === undefined || memory === undefined) {
    throw new UsageError(`--gpu ${text} is not known: choose ${Object.keys(KINDS).join(', ')}`);
  }
  return { name, memory: memory * GIB, used: 0 };
}

const FIELDS = 'index,uuid,name,memory.total,memory.used';

/**
 * The NVIDIA GPUs that `CUDA_VISIBLE_DEVICES` leaves visible, by `nvidia-smi`.
 *
 * @returns none where there are none, or where nobody can tell
 */
export async function listGpus(environment: Readonly<Record<string, string | undefined>>): Promise<Gpu[]> {
  const result = await execa('nvidia-smi', [`--query-gpu=${FIELDS}`, '--format=csv,noheader,nounits'], {
    reject: false,
    timeout: 20_000,
    env: environment,
  });
  if (result.failed) return [];
  const all = result.stdout.split('\n').flatMap(readRow);
  const visible = environment.CUDA_VISIBLE_DEVICES;
  if (visible === undefined) return all.map(({ uuid: _, ...gpu }) => gpu);
  return visible.split(',').flatMap((word) => {
    const id = word.trim();
    const gpu = all.find((one) => one.id === id || (id.startsWith('GPU-') && one.uuid.startsWith(id)));
    return gpu ? [{ id, name: gpu.name, memory: gpu.memory, used: gpu.used }] : [];
  });
}

function readRow(line: string): (Gpu & { id: string; uuid: string })[] {
  const [id, uuid, name, total, used] = line.split(',').map((cell) => cell.trim());
  const memory = Number(total) * 2 ** 20;
  if (!id || !uuid || !name || !(memory > 0)) return []; // a GPU that shares the machine's memory says "[N/A]"
  return [{ id, uuid, name, memory, used: (Number(used) || 0) * 2 ** 20 }];
}

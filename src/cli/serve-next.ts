import { shellWord } from './serve-plan.ts';

const VARIABLE = 'SERA_UPSTREAM_KEY';

/** What to type next: the key stays in its file, out of the terminal and of the shell's history. */
export function nextCommands(url: string, keyFile: string): string[] {
  const upstream = `--upstream ${shellWord(url)} --api-key-env ${VARIABLE}`;
  return [
    'next, in another terminal:',
    `  export ${VARIABLE}="$(cat ${shellWord(keyFile)})"`,
    `  sera code claude ${upstream}`,
    `  sera proxy ${upstream}`,
  ];
}

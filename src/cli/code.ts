import type { Command } from 'commander';

export function registerCode(_program: Command): void {}

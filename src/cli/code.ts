import type { Command } from 'commander';
import { CODING_TOOLS, runCodingTool } from '../proxy/index.ts';
import { type ProxyOptions, proxySettings, withProxyOptions } from './proxy.ts';

export function registerCode(program: Command): void {
  withProxyOptions(
    program
      .command('code')
      .description('starts a coding tool on a model of yours, and the proxy between them')
      .argument('[tool]', CODING_TOOLS.join(', '), 'claude')
      .argument('[args...]', 'what stands behind -- goes to the tool')
      .showHelpAfterError('(--help shows what is possible; what is meant for the tool stands behind --)'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  $ sera code claude --upstream http://127.0.0.1:8000 -- -p "Fix the failing test"',
    )
    .action(async (first: string, rest: string[], options: ProxyOptions) => {
      const [tool, args] = first.startsWith('-') ? ['claude', [first, ...rest]] : [first, rest];
      const { key: _, ...settings } = proxySettings(options);
      process.exitCode = await runCodingTool(tool, args, settings);
    });
}

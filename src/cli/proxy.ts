import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UsageError } from '../error.ts';
import { type ProxyProfile, type ProxySettings, startProxy } from '../proxy/index.ts';
import { toPort } from './number.ts';
import { note, print } from './output.ts';

/** The options that `sera proxy` and `sera code` share. */
export interface ProxyOptions {
  readonly upstream: string;
  readonly model?: string;
  readonly profile: ProxyProfile;
  readonly workdir?: string;
  readonly apiKeyEnv?: string;
  readonly upstreamKeyEnv?: string;
  readonly thinking: 'show' | 'hide';
  readonly passTools?: readonly string[];
  readonly logContents?: boolean;
}

export function registerProxy(program: Command): void {
  withProxyOptions(
    program
      .command('proxy')
      .description('lets coding tools work with a model that knows only the format of its training'),
  )
    .option('--host <address>', 'address to listen on; another than 127.0.0.1 needs a key', '127.0.0.1')
    .option('--port <number>', 'port; 0 for a free one', toPort, 8080)
    .addHelpText(
      'after',
      '\nIt speaks Anthropic Messages, OpenAI chat completions and OpenAI Responses; /health and /metrics are beside them.\n\nExample:\n  $ sera proxy --upstream http://127.0.0.1:8000\n  $ ANTHROPIC_BASE_URL=http://127.0.0.1:8080 ANTHROPIC_AUTH_TOKEN=any claude',
    )
    .action(async (options: ProxyOptions & { host: string; port: number }) => {
      const proxy = await startProxy({ ...proxySettings(options), host: options.host, port: options.port });
      print(proxy.url);
      note(`Anthropic: ANTHROPIC_BASE_URL=${proxy.url}   OpenAI: OPENAI_BASE_URL=${proxy.url}/v1`);
      const state = await proxy.check();
      if (state.type === 'unlisted') note(state.text);
      if (state.type === 'unusable') note(`${state.text} Until that is mended, requests are refused.`);
      await untilStopped();
      await proxy.close();
    });
}

export function withProxyOptions(command: Command): Command {
  return command
    .requiredOption('--upstream <url>', 'the server of the model: vLLM, SGLang, any chat completions')
    .option('--model <name>', "the model to ask for; the server's first where left out")
    .addOption(
      new Option('--profile <name>', 'what the model was trained on')
        .choices(['swe-agent', 'mini', 'native'])
        .default('swe-agent'),
    )
    .option('--workdir <folder>', "what the model sees as /testbed; the tool's own folder where left out")
    .option(
      '--api-key-env <name>',
      'variable with the key that clients must show and that goes to the server',
    )
    .option('--upstream-key-env <name>', 'variable with the key for the server, where it is another')
    .addOption(
      new Option('--thinking <how>', "the model's reasoning").choices(['show', 'hide']).default('show'),
    )
    .option(
      '--pass-tools <list>',
      "tools of the client's that the model is offered as they are, with commas between",
      names,
    )
    .option('--log-contents', 'log what is asked and answered, on standard error');
}

/**
 * @throws UsageError a variable that should hold a key is not set
 */
export function proxySettings(options: ProxyOptions): Omit<ProxySettings, 'host' | 'port'> {
  const key = keyFrom(options.apiKeyEnv);
  return {
    upstream: {
      url: options.upstream,
      key: options.upstreamKeyEnv === undefined ? key : keyFrom(options.upstreamKeyEnv),
      model: options.model,
    },
    key,
    profile: options.profile,
    workdir: options.workdir === undefined ? undefined : resolve(options.workdir),
    showThinking: options.thinking === 'show',
    passTools: options.passTools ?? [],
    logContents: options.logContents === true,
  };
}

function keyFrom(variable: string | undefined): string | undefined {
  if (variable === undefined) return undefined;
  const key = process.env[variable];
  if (!key) throw new UsageError(`The variable ${variable} is not set: put the key in it.`);
  return key;
}

function names(list: string): string[] {
  return list.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    // Not only once: what npx passes on comes after what the terminal has sent, and must not end it by force.
    process.on('SIGINT', () => {
      process.exitCode = 130;
      resolve();
    });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

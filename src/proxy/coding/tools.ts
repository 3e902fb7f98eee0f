import { existsSync } from 'node:fs';
import { UsageError } from '../../error.ts';

/** What a coding tool needs to know to find the proxy. */
export interface ProxyAddress {
  /** Without `/v1`. */
  readonly url: string;
  readonly key: string;
  readonly model: string;
  /** Tokens that the model can see, where its server says so. */
  readonly context: number | undefined;
}

/** How a coding tool is started on the proxy: through its environment and arguments alone, so that its configuration stays as it is. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the user's environment; undefined takes a variable away. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A file that the tool is given by an option or a variable, since what stands on a command line can be read by all. */
  readonly file?:
    | { readonly option: string; readonly content: string }
    | { readonly variable: string; readonly content: string };
}

interface CodingTool {
  readonly install: string;
  launch(address: ProxyAddress, args: readonly string[]): Launch;
}

const TOOLS: Readonly<Record<string, CodingTool>> = {
  claude: { install: 'npm install -g @anthropic-ai/claude-code', launch: claude },
  opencode: { install: 'npm install -g opencode-ai', launch: opencode },
  codex: { install: 'npm install -g @openai/codex', launch: codex },
  qwen: { install: 'npm install -g @qwen-code/qwen-code', launch: qwen },
};

/** Names of the tools that can be started. */
export const CODING_TOOLS: readonly string[] = Object.keys(TOOLS);

/**
 * @throws UsageError a tool that the proxy has no way to serve
 */
export function launchOf(name: string, address: ProxyAddress, args: readonly string[]): Launch {
  return toolOf(name).launch(address, args);
}

/** How a tool is installed. */
export function installOf(name: string): string {
  return toolOf(name).install;
}

function toolOf(name: string): CodingTool {
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  if (tool) return tool;
  throw new UsageError(
    `There is no set-up for ${name}: use ${CODING_TOOLS.join(', ')}, or point it at \`sera proxy\` by hand.`,
  );
}

function claude({ url, key, model, context }: ProxyAddress, args: readonly string[]): Launch {
  const environment = {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    ANTHROPIC_MODEL: model,
    ANTHROPIC_DEFAULT_OPUS_MODEL: model,
    ANTHROPIC_DEFAULT_SONNET_MODEL: model,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ...(context === undefined ? {} : claudeWindow(context)),
  };
  return {
    program: 'claude',
    args,
    environment: { ...environment, ANTHROPIC_API_KEY: undefined },
    // A user's own settings win over the environment; these win over both.
    file: { option: '--settings', content: JSON.stringify({ env: environment }) },
  };
}

/** Tokens below the end of the window and of an answer at which Claude Code shortens its history. */
const CLAUDE_BUFFER = 13_000;
/** Tokens of the request that asks for the summary, beside the history. */
const SUMMARY_REQUEST = 1000;

/**
 * Of a window of 32,768 Claude Code leaves nothing to work in: it keeps 20,000 tokens for an answer, and its buffer. So
 * answers are shorter, and the window is given as so much larger that its buffer lies behind the model's.
 */
function claudeWindow(context: number): Record<string, string> {
  return {
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(answerLimit(context)),
    CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(context + CLAUDE_BUFFER - SUMMARY_REQUEST),
  };
}

/** Tokens of an answer, where a client has to set them aside. */
function answerLimit(context: number): number {
  return Math.min(8192, context >> 2);
}

function opencode({ url, key, model, context }: ProxyAddress, args: readonly string[]): Launch {
  const limit = context === undefined ? {} : { limit: { context, output: answerLimit(context) } };
  const config = {
    provider: {
      sera: {
        npm: '@ai-sdk/openai-compatible',
        name: 'SERA',
        options: { baseURL: `${url}/v1`, apiKey: key },
        models: { [model]: { name: model, ...limit } },
      },
    },
    model: `sera/${model}`,
    small_model: `sera/${model}`,
  };
  return { program: 'opencode', args, environment: { OPENCODE_CONFIG_CONTENT: JSON.stringify(config) } };
}

/** Its settings as options of the command line, each in TOML. */
function codex({ url, key, model, context }: ProxyAddress, args: readonly string[]): Launch {
  const provider = `{name="SERA",base_url=${JSON.stringify(`${url}/v1`)},env_key="SERA_PROXY_KEY",wire_api="responses"}`;
  const settings = [
    `model_providers.sera=${provider}`,
    'model_provider="sera"',
    `model=${JSON.stringify(model)}`,
    ...(context === undefined ? [] : [`model_context_window=${context}`]),
  ];
  return {
    program: 'codex',
    args: [...settings.flatMap((setting) => ['-c', setting]), ...args],
    environment: { SERA_PROXY_KEY: key },
  };
}

/** Below its user's own settings, and below those of the machine where there are some. */
const QWEN_DEFAULTS = 'QWEN_CODE_SYSTEM_DEFAULTS_PATH';
const QWEN_MACHINE = '/etc/qwen-code/system-defaults.json';
/** Without a terminal Qwen Code now and then loses what a command printed last. */
const QWEN_SETTINGS = { tools: { shell: { enableInteractiveShell: true } } };

function qwen({ url, key, model }: ProxyAddress, args: readonly string[]): Launch {
  const hasDefaults = process.env[QWEN_DEFAULTS] !== undefined || existsSync(QWEN_MACHINE);
  return {
    ...(hasDefaults ? {} : { file: { variable: QWEN_DEFAULTS, content: JSON.stringify(QWEN_SETTINGS) } }),
    program: 'qwen',
    args: ['--auth-type', 'openai', '--model', model, ...args],
    environment: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key, OPENAI_MODEL: model },
  };
}

import { stringify } from 'yaml';
import {
  engineCommand,
  healthCommand,
  MODEL_FOLDER,
  PROXY_KEY,
  PROXY_PORT,
  proxyArguments,
  type TeamPlan,
  UPSTREAM_KEY,
} from './team.ts';

const DOCKERFILE = `FROM node:24-slim
WORKDIR /sera
COPY . .
RUN npm ci && npm prune --omit=dev
USER node
ENTRYPOINT ["node", "/sera/bin/sera.js"]
`;

/** A Compose file of engine and proxy. Keys are not in it: Compose takes them from `.env`. */
export function composeFile(team: TeamPlan): string {
  const file = {
    name: `sera-${team.name}`,
    services: { engine: engine(team), proxy: proxy(team) },
    volumes: { cache: {} },
  };
  return `${header(team)}\n${stringify(file, { lineWidth: 0 })}`;
}

function header({ proxyImage, plan }: TeamPlan): string {
  return [
    `# ${plan.model.name.replaceAll('\n', ' ')} with ${plan.engine.title}, and the proxy for coding tools, written by sera serve --compose.`,
    '# Before the first start, in the same folder:',
    '#',
    '#     (umask 077; for key in ENGINE_KEY PROXY_KEY; do echo "$key=$(openssl rand -hex 32)"; done >> .env)',
    ...(proxyImage ? [] : ['#     echo "SERA_SOURCE=/path/to/a/checkout/of/sera" >> .env']),
    '#     docker compose up --detach --wait',
    '#',
    `# Tools speak to http://127.0.0.1:${PROXY_PORT} with PROXY_KEY; BIND=0.0.0.0 in .env opens it to the network.`,
  ].join('\n');
}

function engine({ plan }: TeamPlan): object {
  const { command, variable: key } = engineCommand(plan);
  const { place, source } = plan.model;
  return {
    image: plan.engine.image,
    entrypoint: command.map(literal),
    environment: { [key]: required('ENGINE_KEY'), HF_TOKEN: variable('HF_TOKEN', ':-') },
    volumes: [
      { type: 'volume', source: 'cache', target: '/root/.cache' },
      ...(place === 'folder'
        ? [{ type: 'bind', source: literal(source), target: MODEL_FOLDER, read_only: true }]
        : []),
    ],
    // The engine's processes pass tensors to each other through shared memory.
    shm_size: '16gb',
    deploy: {
      resources: {
        reservations: { devices: [{ driver: 'nvidia', count: plan.settings.gpus, capabilities: ['gpu'] }] },
      },
    },
    healthcheck: {
      test: ['CMD', ...healthCommand('python', plan.settings.port)],
      interval: '10s',
      timeout: '10s',
      retries: 6,
      start_period: '60m',
    },
    restart: 'unless-stopped',
  };
}

function proxy({ plan, proxyImage, version }: TeamPlan): object {
  const build = { context: variable('SERA_SOURCE', ':-.'), dockerfile_inline: literal(DOCKERFILE) };
  return {
    image: literal(proxyImage ?? `sera:${version}`),
    ...(!proxyImage && { build }),
    command: proxyArguments(`http://engine:${plan.settings.port}/v1`, plan.settings).map(literal),
    environment: { [UPSTREAM_KEY]: required('ENGINE_KEY'), [PROXY_KEY]: required('PROXY_KEY') },
    ports: [`${variable('BIND', ':-127.0.0.1')}:${PROXY_PORT}:${PROXY_PORT}`],
    depends_on: { engine: { condition: 'service_healthy' } },
    healthcheck: {
      test: ['CMD', ...healthCommand('node', PROXY_PORT)],
      interval: '10s',
      timeout: '10s',
      retries: 3,
    },
    read_only: true,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    restart: 'unless-stopped',
  };
}

/** Compose reads a dollar sign as the begin of a variable. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** A variable that Compose fills in. */
function variable(name: string, otherwise: string): string {
  return `\${${name}${otherwise}}`;
}

function required(name: string): string {
  return variable(name, ':?see the top of this file');
}

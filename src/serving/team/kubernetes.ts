import { stringify } from 'yaml';
import {
  engineCommand,
  MODEL_FOLDER,
  PROXY_KEY,
  PROXY_PORT,
  proxyArguments,
  type TeamPlan,
  UPSTREAM_KEY,
} from './team.ts';

/** Kubernetes manifests of engine and proxy. Keys are not in them: they are in a secret that the team makes. */
export function kubernetesManifests(plan: TeamPlan): string {
  const team = { ...plan, name: `sera-${plan.name}` }; // a service's name begins with a letter
  const documents = [
    claim(`${team.name}-cache`, team.name, storage(team)),
    ...(team.plan.model.place === 'folder' ? [claim(`${team.name}-model`, team.name, storage(team))] : []),
    deployment(team, 'engine', engineSpec(team)),
    service(team, 'engine', team.plan.settings.port),
    deployment(team, 'proxy', proxySpec(team)),
    service(team, 'proxy', PROXY_PORT),
  ];
  return [header(team), ...documents.map((one) => stringify(one, { lineWidth: 0 }))].join('---\n');
}

function header({ name, plan, proxyImage, version }: TeamPlan): string {
  const { model } = plan;
  return [
    `# ${model.name.replaceAll('\n', ' ')} with ${plan.engine.title}, and the proxy for coding tools, written by sera serve --kubernetes.`,
    '# Before the first start:',
    '#',
    `#     for key in engine proxy; do echo "$key=$(openssl rand -hex 32)"; done | kubectl create secret generic ${name}-keys --from-env-file=/dev/stdin`,
    ...(proxyImage
      ? []
      : [`#     push an image of sera, and put its name in place of sera:${version} (or use --proxy-image)`]),
    ...(model.place === 'folder'
      ? [`#     copy the model's folder to the root of the volume ${name}-model`]
      : []),
    '#',
    `# A private model needs the key hf-token in that secret. Try it: kubectl port-forward service/${name}-proxy ${PROXY_PORT}`,
    '',
  ].join('\n');
}

/** Gibibytes: the weights with as much again for what an engine puts beside them. */
function storage({ plan }: TeamPlan): number {
  return Math.max(20, Math.ceil(((plan.model.weightBytes ?? 100e9) * 2) / 2 ** 30));
}

function labels(name: string, part: string) {
  return {
    'app.kubernetes.io/name': 'sera',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': part,
  };
}

function claim(claimName: string, name: string, gibibytes: number): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claimName, labels: labels(name, 'storage') },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${gibibytes}Gi` } } },
  };
}

function service({ name }: TeamPlan, part: string, port: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${name}-${part}`, labels: labels(name, part) },
    spec: { selector: labels(name, part), ports: [{ name: 'http', port, targetPort: 'http' }] },
  };
}

function deployment({ name }: TeamPlan, part: string, spec: object): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${name}-${part}`, labels: labels(name, part) },
    spec: {
      replicas: 1,
      // A second engine would wait for the GPUs of the first.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels(name, part) },
      template: { metadata: { labels: labels(name, part) }, spec },
    },
  };
}

function engineSpec({ name, plan }: TeamPlan): object {
  const { command, variable } = engineCommand(plan);
  const folder = plan.model.place === 'folder';
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false, // they would set variables such as VLLM_PORT
    containers: [
      {
        name: 'engine',
        image: plan.engine.image,
        command: command.map(literal),
        env: [secret(name, variable, 'engine'), secret(name, 'HF_TOKEN', 'hf-token', true)],
        ports: [{ name: 'http', containerPort: plan.settings.port }],
        resources: { limits: { 'nvidia.com/gpu': plan.settings.gpus } },
        startupProbe: { ...probe(), failureThreshold: 360 },
        readinessProbe: probe(),
        livenessProbe: { ...probe(), failureThreshold: 6 },
        volumeMounts: [
          { name: 'cache', mountPath: '/root/.cache' },
          { name: 'shared-memory', mountPath: '/dev/shm' },
          ...(folder ? [{ name: 'model', mountPath: MODEL_FOLDER, readOnly: true }] : []),
        ],
      },
    ],
    volumes: [
      { name: 'cache', persistentVolumeClaim: { claimName: `${name}-cache` } },
      { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '16Gi' } },
      ...(folder ? [{ name: 'model', persistentVolumeClaim: { claimName: `${name}-model` } }] : []),
    ],
  };
}

function proxySpec({ name, plan, proxyImage, version }: TeamPlan): object {
  const upstream = `http://${name}-engine:${plan.settings.port}/v1`;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'proxy',
        image: proxyImage ?? `sera:${version}`,
        args: proxyArguments(upstream, plan.settings).map(literal),
        env: [secret(name, UPSTREAM_KEY, 'engine'), secret(name, PROXY_KEY, 'proxy')],
        ports: [{ name: 'http', containerPort: PROXY_PORT }],
        resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '1Gi' } },
        readinessProbe: probe(),
        livenessProbe: probe(),
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'scratch', emptyDir: {} }],
  };
}

function secret(name: string, variable: string, key: string, optional = false): object {
  return {
    name: variable,
    valueFrom: { secretKeyRef: { name: `${name}-keys`, key, ...(optional && { optional }) } },
  };
}

function probe() {
  return { httpGet: { path: '/health', port: 'http' }, periodSeconds: 10, timeoutSeconds: 5 };
}

/** Kubernetes puts variables in place of `$(NAME)`. */
function literal(text: string): string {
  return text.replaceAll('$(', '$$$$(');
}

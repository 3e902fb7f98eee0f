import { basename } from 'node:path';
import { UsageError } from '../error.ts';
import {
  gpuKind,
  keyVariable,
  MODELS_FOLDER,
  modalApp,
  type ServePlan,
  ServerState,
  type StartOptions,
  startModal,
  uploadModel,
} from '../serving/index.ts';
import { note, print, printJson } from './output.ts';
import type { ServeFlags } from './serve.ts';
import { planJson, tellPlan } from './serve-plan.ts';
import { refuse, runServer } from './serve-run.ts';

/** Holds the published 32B student in 16 bits. */
export const USUAL_GPU = 'H100';

/** Where a container finds the model: an id of the Hub stays, a folder lies on the volume of models. */
export function modalSource({ place, source }: ServePlan['model'], name: string): string {
  return place === 'hub' ? source : `${MODELS_FOLDER}/${name}`;
}

/** Serves the plan on Modal with the user's own `modal` command; with `--dry-run` prints the app. */
export async function serveOnModal(
  plan: ServePlan,
  name: string,
  key: string,
  flags: ServeFlags,
): Promise<void> {
  const uploaded = plan.model.place === 'folder';
  const app = modalApp({
    engine: plan.engine,
    model: uploaded ? basename(plan.model.source) : plan.model.source,
    name,
    command: plan.command,
    port: plan.settings.port,
    gpu: gpuKind(flags.gpu ?? USUAL_GPU).name,
    gpus: plan.settings.gpus,
    uploaded,
    ...token(flags),
  });
  if (flags.dryRun) {
    showApp(plan, app, flags);
    return;
  }
  tellPlan(plan);
  refuse(plan, flags.force);
  const file = await ServerState.of(process.env).write(name, 'py', app);
  note(`app: ${file}`);
  await runServer({
    name,
    key,
    place: 'modal',
    engine: plan.engine,
    model: plan.settings.name,
    detach: flags.detach ?? false,
    patience: flags.timeout,
    json: flags.json ?? false,
    start: async (options) => {
      if (uploaded) await upload(plan.model.source, name, options);
      return startModal({
        ...options,
        file,
        variable: keyVariable(plan.engine),
        detach: flags.detach ?? false,
      });
    },
  });
}

function showApp(plan: ServePlan, app: string, flags: ServeFlags): void {
  if (flags.json) {
    printJson({ ...planJson(plan), modal_app: app });
    return;
  }
  tellPlan(plan);
  for (const fault of plan.faults) note(fault);
  print(app.trimEnd());
}

async function upload(folder: string, name: string, options: StartOptions): Promise<void> {
  options.onLine?.(`copying ${folder} to Modal`);
  await uploadModel(folder, name, options.environment, options.signal);
}

function token({ hfSecret }: ServeFlags): { token?: { secret: string } | 'environment' } {
  if (hfSecret !== undefined) {
    if (!/^[\w.-]{1,64}$/.test(hfSecret))
      throw new UsageError(`--hf-secret ${hfSecret} is no name of a secret`);
    return { token: { secret: hfSecret } };
  }
  return process.env.HF_TOKEN ? { token: 'environment' } : {};
}

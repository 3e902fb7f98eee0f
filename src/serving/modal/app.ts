import { type Engine, REQUESTS_AT_ONCE } from '../engine/engine.ts';
import { pythonLiteral as python } from './python.ts';

/** One GPU server on Modal. */
export interface ModalApp {
  readonly engine: Engine;
  /** What the model is called in the comment at the top. */
  readonly model: string;
  readonly name: string;
  readonly command: readonly string[];
  readonly port: number;
  /** A kind of GPU as Modal calls it, and how many. */
  readonly gpu: string;
  readonly gpus: number;
  /** True where the weights come from the user's machine, by the volume of models. */
  readonly uploaded: boolean;
  /** How a private model is opened: a secret that Modal keeps, or `HF_TOKEN` of this machine. */
  readonly token?: { readonly secret: string } | 'environment';
}

/** Modal's volume for models of one's own, mounted at `MODELS_FOLDER`. */
export const MODELS_VOLUME = 'sera-models';
export const MODELS_FOLDER = '/models';

/** The line in which the app tells its address, and the one in which a container tells how its engine ended. */
export const ADDRESS_KEY = 'sera_url';
export const ENDED_KEY = 'sera_ended';

const PREFIX = 'sera-serve-';

/** vLLM and SGLang compile kernels when they start, so the image has CUDA's compiler. */
const BASE_IMAGE = 'nvidia/cuda:13.0.1-devel-ubuntu24.04';

export function appName(name: string): string {
  return `${PREFIX}${name}`;
}

/** The server's name in an app's, where the app is one of ours. */
export function nameOfApp(app: string): string | undefined {
  return app.startsWith(PREFIX) ? app.slice(PREFIX.length) : undefined;
}

/** The variable that carries the key from this machine into the container. */
export function keyVariable(engine: Engine): string {
  return 'variable' in engine.key ? engine.key.variable : 'SERA_SERVE_KEY';
}

/** The Python file of the app. Every value of the user's stands in it as a literal. */
export function modalApp(app: ModalApp): string {
  const key = keyVariable(app.engine);
  return `# ${app.engine.title} on Modal, written by \`sera serve --modal\`. By hand, with a key of your own in ${key}:
#
#     modal deploy THIS_FILE
import json
import os
import subprocess
import sys
import threading

import modal

MODEL = ${python(app.model)}
COMMAND = ${pythonLines(app.command)}
PORT = ${python(app.port)}
MINUTES = 60

image = (
    modal.Image.from_registry(${python(BASE_IMAGE)}, add_python="3.12")
    .entrypoint([])
    .uv_pip_install(${python(`${app.engine.name}==${app.engine.version}`)})
    .env({"HF_XET_HIGH_PERFORMANCE": "1"})
)

app = modal.App(${python(appName(app.name))})


@app.function(
    image=image,
    gpu=${python(`${app.gpu}:${app.gpus}`)},
    volumes={
${volumes(app).map(volumeLine).join('\n')}
    },
    secrets=[
${secrets(app)
  .map((secret) => `        ${secret},`)
  .join('\n')}
    ],
    timeout=60 * MINUTES,
    scaledown_window=15 * MINUTES,
    max_containers=1,
)
@modal.concurrent(max_inputs=${REQUESTS_AT_ONCE})
@modal.web_server(port=PORT, startup_timeout=30 * MINUTES)
def serve() -> None:
${start(app)}
    threading.Thread(target=end_with, args=[engine], daemon=True).start()


def end_with(engine: subprocess.Popen[bytes]) -> None:
    status = engine.wait()
    if status > 0:  # it failed; below that, somebody ended it
        print(json.dumps({${python(ENDED_KEY)}: status}), flush=True)
        os._exit(1)  # else Modal would wait for a port that nobody opens


@app.local_entrypoint()
def main() -> None:
    print(json.dumps({${python(ADDRESS_KEY)}: serve.get_web_url(), "model": MODEL}), flush=True)
    sys.stdin.read()  # the app ends with whoever started it
`;
}

function pythonLines(words: readonly string[]): string {
  return `[\n${words.map((word) => `    ${python(word)},\n`).join('')}]`;
}

function volumes({ engine, uploaded }: ModalApp): [path: string, volume: string][] {
  const caches = engine.caches.map((path): [string, string] => [
    path,
    `sera-cache-${path.split('/').at(-1)}`,
  ]);
  return uploaded ? [...caches, [MODELS_FOLDER, MODELS_VOLUME]] : caches;
}

function volumeLine([path, volume]: readonly [path: string, volume: string]): string {
  return `        ${python(path)}: modal.Volume.from_name(${python(volume)}, create_if_missing=True),`;
}

function secrets({ engine, token }: ModalApp): string[] {
  const key = `modal.Secret.from_local_environ([${python(keyVariable(engine))}])`;
  if (token === undefined) return [key];
  if (token === 'environment') return [key, 'modal.Secret.from_local_environ(["HF_TOKEN"])'];
  return [key, `modal.Secret.from_name(${python(token.secret)}, required_keys=["HF_TOKEN"])`];
}

function start({ engine }: ModalApp): string {
  if ('variable' in engine.key) return '    engine = subprocess.Popen(COMMAND)';
  return `    options = "/tmp/options.yaml"
    with open(os.open(options, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        json.dump({"api-key": os.environ[${python(keyVariable(engine))}]}, file)
    engine = subprocess.Popen([*COMMAND, ${python(engine.key.option)}, options])`;
}

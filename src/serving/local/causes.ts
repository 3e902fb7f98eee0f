/** A line of an engine's log that tells why it ended, and one line of advice. */
interface Cause {
  readonly pattern: RegExp;
  /** `$1` stands for what the pattern's first group has found. */
  readonly advice: string;
}

/** What vLLM, SGLang, PyTorch and the Hub's client write; the first that matches is the cause of those behind it. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /Token missing\. Could not authenticate|Token validation failed/i,
    advice: 'modal does not know you here: modal setup',
  },
  {
    pattern: /Secret '[^']*' not found/i,
    advice: 'Modal keeps no such secret: modal secret create NAME HF_TOKEN=…, and --hf-secret NAME',
  },
  {
    pattern:
      /CUDA out of memory|torch\.(cuda\.)?OutOfMemoryError|CUDA error: out of memory|hipErrorOutOfMemory/i,
    advice: 'the GPU ran out of memory: use more GPUs (--gpus), a smaller --context or --quantization fp8',
  },
  {
    pattern: /estimated maximum model length is (\d+)/i,
    advice:
      'the weights leave too little memory for the context: use --context $1, more GPUs (--gpus) or --quantization fp8',
  },
  {
    pattern:
      /larger than the available KV cache memory|maximum number of tokens that can be stored in KV cache|No available memory for the cache blocks|Not enough memory\. Please try to increase --mem-fraction-static/i,
    advice:
      'the weights leave too little memory for the context: use a smaller --context, more GPUs (--gpus) or --quantization fp8',
  },
  {
    pattern: /Free memory on device .* is less than (desired GPU memory utilization|the engine's budget)/i,
    advice:
      'others use this GPU: end them (nvidia-smi lists them), or choose another GPU with CUDA_VISIBLE_DEVICES',
  },
  {
    pattern: /address already in use|Errno 98\b/i,
    advice: 'another program listens on this port: choose one with --port',
  },
  {
    pattern: /GatedRepoError|Access to model .* is restricted|Cannot access gated repo/i,
    advice: 'the model is gated: ask for access on its page at the Hub, and set HF_TOKEN',
  },
  {
    pattern:
      /RepositoryNotFoundError|is not a local folder and is not a valid model identifier|Repo id must be|Invalid repository ID/i,
    advice: 'the Hub has no such model: check the name; a private one needs HF_TOKEN',
  },
  {
    pattern:
      /LocalEntryNotFoundError|couldn't connect to 'https:\/\/huggingface\.co|Name or service not known|Temporary failure in name resolution/i,
    advice: 'the Hub cannot be reached from here: download the model elsewhere, and give its folder',
  },
  {
    pattern:
      /is greater than the derived (max_model_len|context_length)|is longer than the model's (derived )?context/i,
    advice: 'the model does not know so long a context: use a smaller --context',
  },
  {
    pattern:
      /Failed to infer device type|No CUDA GPUs are available|Found no NVIDIA driver|NVML.*(not found|Not Found)/i,
    advice: 'the engine finds no GPU: check that nvidia-smi works here, or use --modal',
  },
  {
    pattern:
      /CUDA driver version is insufficient|forward compatibility was attempted|no kernel image is available/i,
    advice: "the GPU's driver and the engine do not fit together: update the driver",
  },
  {
    pattern:
      /Model architectures .* (are not supported|failed to be inspected)|does not recognize this architecture/i,
    advice: 'this version of the engine does not know the model: update the engine',
  },
  {
    pattern:
      /There is no module or parameter named|_checkpoint_wrapped_module|weights? .* (were|was) not initialized from checkpoint/i,
    advice: 'the names of the weights are not those of the model: merge or convert the checkpoint',
  },
  {
    pattern: /unrecognized arguments|invalid choice|error: argument /i,
    advice: 'this version of the engine does not know an option: see sera serve --dry-run',
  },
  { pattern: /No space left on device/i, advice: 'the disk is full: HF_HOME says where models are kept' },
  {
    pattern: /\/dev\/shm|bus error|NCCL error|unhandled (cuda|system) error/i,
    advice: 'the GPUs could not speak to each other: in a container raise --shm-size, or use --gpus 1',
  },
];

/** One line of advice for a log, where its cause is a known one. */
export function adviceFor(lines: readonly string[]): string | undefined {
  for (const { pattern, advice } of CAUSES) {
    const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null);
    if (found) return advice.replace('$1', found[1] ?? '');
  }
  return undefined;
}

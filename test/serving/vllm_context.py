# Reads a model's folder with changes as vLLM does, and prints the context and the rotation that come of it.
import json
import sys

import vllm.platforms as platforms
from vllm.platforms.cpu import CpuPlatform

platforms._current_platform = platforms.current_platform = CpuPlatform()

from vllm.config import ModelConfig

model, context, overrides = sys.argv[1:]
config = ModelConfig(
    model=model, max_model_len=int(context), hf_overrides=json.loads(overrides), skip_tokenizer_init=True
)
print("\n" + json.dumps({"context": config.max_model_len, "rotation": config.hf_config.rope_parameters}))

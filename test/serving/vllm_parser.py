# Reads a command line with vLLM's own parser and prints what it understood. A machine without a GPU plays one with a CPU.
import json
import sys

import vllm.platforms as platforms
from vllm.platforms.cpu import CpuPlatform

platforms._current_platform = platforms.current_platform = CpuPlatform()

from vllm.entrypoints.cli.serve import cmd_init
from vllm.utils.argparse_utils import FlexibleArgumentParser

parser = FlexibleArgumentParser(prog="vllm")
commands = parser.add_subparsers(dest="subparser")
for command in cmd_init():
    command.subparser_init(commands)
understood = vars(parser.parse_args(sys.argv[1:]))
simple = (str, int, float, bool, list, dict, type(None))
print("\n" + json.dumps({key: value for key, value in understood.items() if isinstance(value, simple)}, default=str))

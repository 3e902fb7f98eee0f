# Reads a command line with SGLang's own parser, its file of options with it, and prints what it understood.
import argparse
import json
import sys

from sglang.srt.server_args import ServerArgs
from sglang.srt.utils.server_args_config_parser import ConfigArgumentMerger

parser = argparse.ArgumentParser()
ServerArgs.add_cli_args(parser)
words = ConfigArgumentMerger(parser=parser).merge_config_with_args(sys.argv[1:])
understood = vars(parser.parse_args(words))
simple = (str, int, float, bool, list, type(None))
print("\n" + json.dumps({key: value for key, value in understood.items() if isinstance(value, simple)}))

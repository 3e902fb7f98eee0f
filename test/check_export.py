"""Checks an export from the outside, with nothing but Python's standard library.

Usage: check_export.py FORMAT FILE [KEPT]
KEPT: the reasoning mode leaves nothing but a think block before the calls.
Prints one line for each fault, and exits with 1 if there is any; else a JSON summary.
"""

import json
import re
import sys

TOOL_CALL = re.compile(r"<tool_call>\n(.*?)\n</tool_call>", re.S)
TOOL_RESPONSE = re.compile(r"<tool_response>\n(.*?)\n</tool_response>", re.S)
FUNCTION = re.compile(r"<function=([^>\n]+)>\n(.*?)</function>", re.S)
METADATA = {
    "repository": str, "commit": str, "function": str, "file": str, "language": str, "topic": str,
    "teacher": str, "profile": str, "rollout": int, "exit_status": str, "steps": int, "patch": str,
    "pull_request": str, "matched": int, "total": int, "recall": float, "cost_usd": float, "offline": bool,
}


def check_tools(tools, faults):
    for tool in tools:
        if tool.get("type") != "function" or not isinstance(tool["function"]["parameters"], dict):
            faults.append(f"a tool is not described as a function: {tool}")
    return {tool["function"]["name"] for tool in tools}


def check_call(call, trained, faults):
    if not isinstance(call["name"], str):
        faults.append("a call without a name")
    if trained and not isinstance(call["arguments"], dict):
        faults.append(f"a trained call whose arguments are no object: {call}")


def check_alternation(roles, faults):
    """After the system message: the world, the model, the world, the model; the model has the last word."""
    rest = roles[1:] if roles and roles[0] == "system" else roles
    for index, role in enumerate(rest):
        if (role == "assistant") != (index % 2 == 1):
            faults.append(f"message {index} of {len(rest)} is of {role}")
            return
    if len(rest) % 2:
        faults.append("the model does not have the last word")


def check_flags(messages, faults):
    for message in messages:
        if not isinstance(message.get("train"), bool):
            faults.append("a message without its training flag")
        elif message["train"] and message["role"] != "assistant":
            faults.append(f"a {message['role']} message is trained on")


def check_answers(turns, faults):
    """turns: ("calls", n) and ("results", n) in order. Every call is answered, unless it is the last thing said."""
    for (kind, count), following in zip(turns, turns[1:] + [None]):
        if kind == "calls" and following and following != ("results", count):
            faults.append(f"{count} calls are followed by {following}")


def hermes(sample, kept, faults):
    messages = sample["messages"]
    check_flags(messages, faults)
    check_alternation([message["role"] for message in messages], faults)
    system = messages[0]["content"]
    block = re.search(r"<tools>\n(.*?)\n</tools>\n", system, re.S)
    tools = [json.loads(line) for line in block.group(1).split("\n")]
    check_tools(tools, faults)
    for line, tool in zip(block.group(1).split("\n"), tools):
        if json.dumps(tool) != line:
            faults.append("a tool is not written as json.dumps does")
    turns = []
    for message in messages[1:]:
        if message["role"] == "assistant":
            texts = TOOL_CALL.findall(message["content"])
            for text in texts:
                call = json.loads(text)
                check_call(call, message["train"], faults)
                if json.dumps(call) != text:
                    faults.append(f"a call is not written as json.dumps does: {text}")
            if kept and texts and not re.match(r"<think>\n.*?\n</think>\n\n<tool_call>", message["content"], re.S):
                faults.append(f"no think block alone before the calls: {message['content'][:80]!r}")
            turns.append(("calls", len(texts)))
        elif message["content"].startswith("<tool_response>"):
            turns.append(("results", len(TOOL_RESPONSE.findall(message["content"]))))
        else:
            turns.append(("text", 1))
    check_answers([turn for turn in turns if turn != ("calls", 0)], faults)


def xml(sample, kept, faults):
    messages = sample["messages"]
    check_flags(messages, faults)
    check_alternation([message["role"] for message in messages], faults)
    for message in messages:
        if message["role"] != "assistant":
            continue
        for name, body in FUNCTION.findall(message["content"]):
            keys = re.findall(r"^<parameter=([^>\n]+)>", body, re.M)
            if message["train"] and body and not keys:
                faults.append(f"a call of {name} without parameters but with text")
            for key in set(keys) & {"old_str", "new_str", "file_text"}:
                if not re.search(rf"<parameter={key}>\n.*?\n</parameter>", body, re.S):
                    faults.append(f"{key} does not stand on lines of its own")


def openai(sample, kept, faults, alternates=True):
    messages = sample["messages"]
    check_flags(messages, faults)
    check_tools(json.loads(sample["tools"]), faults)
    open_calls = []
    roles = []
    for message in messages:
        if not isinstance(message["content"], str):
            faults.append("content is no text")
        if message["role"] == "tool":
            if message["tool_call_id"] not in open_calls:
                faults.append(f"a result for {message['tool_call_id']}, which nobody asked for")
            else:
                open_calls.remove(message["tool_call_id"])
        elif open_calls:
            faults.append(f"no result for {open_calls}")
            open_calls = []
        for call in message.get("tool_calls", []):
            open_calls.append(call["id"])
            arguments = call["function"]["arguments"]
            if alternates:
                value = json.loads(arguments)
                check_call({"name": call["function"]["name"], "arguments": value}, message["train"], faults)
                if json.dumps(value) != arguments:
                    faults.append("arguments are not written as json.dumps does")
        if kept and message.get("tool_calls") and (message["content"] or not message.get("reasoning_content")):
            faults.append("there is more than a thought before the calls")
        if not (message["role"] == "tool" and roles and roles[-1] == "tool"):
            roles.append(message["role"])
    if alternates:
        check_alternation(roles, faults)


def raw(sample, kept, faults):
    openai(sample, False, faults, alternates=False)


def sharegpt(sample, kept, faults):
    """As LLaMA-Factory's converter reads it: human or observation, then gpt, and an even number of both."""
    check_tools(json.loads(sample["tools"]), faults)
    names = {"system": "system", "human": "user", "observation": "tool", "gpt": "assistant"}
    check_alternation([names[message["from"]] for message in sample["conversations"]], faults)
    turns = []
    for message in sample["conversations"]:
        if message["from"] == "gpt":
            texts = TOOL_CALL.findall(message["value"])
            for text in texts:
                check_call(json.loads(text), False, faults)
            turns.append(("calls", len(texts)))
        elif message["from"] == "observation":
            whole = f"<tool_response>\n{message['value']}\n</tool_response>"
            turns.append(("results", len(TOOL_RESPONSE.findall(whole))))
    check_answers([turn for turn in turns if turn != ("calls", 0)], faults)


def check_metadata(metadata, faults):
    if set(metadata) != set(METADATA):
        faults.append(f"metadata has other keys: {set(metadata) ^ set(METADATA)}")
    for key, kind in METADATA.items():
        value = metadata.get(key)
        if value is not None and type(value) is not kind:
            faults.append(f"metadata.{key} is {value!r}")


def main(name, path, kept):
    checks = {"hermes": hermes, "xml": xml, "raw": raw, "openai": openai, "sharegpt": sharegpt}
    faults, ids = [], []
    with open(path, encoding="ascii") as file:
        for number, line in enumerate(file, 1):
            found = []
            sample = json.loads(line)
            if json.dumps(sample) + "\n" != line:
                found.append("the line is not what json.dumps writes")
            check_metadata(sample["metadata"], found)
            checks[name](sample, kept, found)
            ids.append(sample["instance_id"])
            faults += [f"{path}:{number}: {fault}" for fault in found]
    if len(set(ids)) != len(ids):
        faults.append(f"{path}: instance ids stand twice")
    for fault in faults:
        print(fault)
    if faults:
        sys.exit(1)
    print(json.dumps({"format": name, "samples": len(ids)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], len(sys.argv) > 3)

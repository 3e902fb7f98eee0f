# Prints what an engine's wheel says of its options: names in calls of the parser, fields of the classes that become options.
import ast
import json
import sys
import zipfile

wheel = zipfile.ZipFile(sys.argv[1])
prefixes = tuple(sys.argv[2].split(","))
options, words = set(), set()
for name in wheel.namelist():
    if not name.startswith(prefixes) or not name.endswith(".py"):
        continue
    for node in ast.walk(ast.parse(wheel.read(name))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words.add(node.value)
        if isinstance(node, ast.ClassDef):
            fields = [part.target.id for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)]
            options.update("--" + field.replace("_", "-") for field in fields)
options.update(word for word in words if word.startswith("--") and " " not in word)
print(json.dumps({"options": sorted(options), "words": sorted(word for word in words if len(word) < 60)}))

# Imports a Modal app, calls its function with no program to start, and prints what it registers.
import importlib.util
import json
import sys
import threading

spec = importlib.util.spec_from_file_location("served", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

started = []


class Engine:
    def __init__(self, words):
        started.append(words)

    def wait(self):
        threading.Event().wait()


module.subprocess.Popen = Engine
# What the server is told of the function, from the loader that tells it.
settings = module.serve._spec_
implementation = next(getattr(module.serve, name) for name in dir(module.serve) if name.startswith("_sync_original"))
implementation._raw_f()
load = implementation._load
told = dict(zip(load.__code__.co_freevars, (cell.cell_contents for cell in load.__closure__ or ())))
print(
    json.dumps(
        {
            "app": module.app.name,
            "model": module.MODEL,
            "command": module.COMMAND,
            "entrypoint": type(module.main).__name__,
            "gpu": settings.gpus,
            "volumes": sorted(str(path) for path in settings.volumes),
            "secrets": [repr(secret) for secret in settings.secrets],
            "web": {
                "port": told["webhook_config"].web_server_port,
                "startup": told["webhook_config"].web_server_startup_timeout,
            },
            "inputs": told["max_concurrent_inputs"],
            "containers": told["max_containers"],
            "idle": told["scaledown_window"],
            "started": started,
        }
    )
)

"""Prisma's schema engine as a process that answers questions: engine("deploy", url=..., migrations=..., schema=...)."""
import json
import pathlib
import subprocess

from lib.npm import npm_folder


class PrismaError(Exception):
    """What Prisma itself would have said; code is P3009 and the like, or None."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


class Engine:
    def __init__(self):
        self.folder, self.process = npm_folder("prisma"), None

    def start(self):
        script = pathlib.Path(__file__).with_name("engine.mjs")
        self.process = subprocess.Popen(["node", script, self.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def send(self, line):
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def __call__(self, job, **request):
        line = json.dumps({"do": job, **request}, default=str) + "\n"
        if not self.process or self.process.poll() is not None:
            self.start()  # a panic ends it
        try:
            self.send(line)
        except BrokenPipeError:  # it was still on its way out
            self.process.wait(10)
            self.start()
            self.send(line)
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise PrismaError(answer["error"]["code"], answer["error"]["message"])
        return answer["ok"]

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait(10)

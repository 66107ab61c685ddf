"""The line to brant: a request is JSON on a line, and so is its answer.

Nothing of the project gets between: what it prints goes to standard error, and what it would read is empty.
"""
import json
import os
import sys

ANSWERED = 77  # the status of a process that has answered, and ended for nothing else

# Copies, which what the project starts does not get.
_requests = os.fdopen(os.dup(0), encoding="utf-8")
_answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)

only_one = False  # this process answers one request, and brant has to start another for the next


def next_request():
    """None: there are no more."""
    line = _requests.readline()
    return json.loads(line) if line else None


def answer(value):
    sys.stdout.flush()
    sys.stderr.flush()
    _answers.write(json.dumps(value) + "\n")
    _answers.flush()


def leave():
    """At once: an application may have left threads behind."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ANSWERED)


def finish(value):
    answer(dict(value, last=True) if only_one else value)
    leave()

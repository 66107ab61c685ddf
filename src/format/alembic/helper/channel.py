"""The line to brant: a request is JSON on a line, and so is its answer.

Nothing of the project gets between: what it prints goes to standard error, and what it would read is empty.
"""
import json
import os
import sys

# How a process ends that has answered, and one that has not since there is another way to try.
ANSWERED, TRY_AGAIN = 77, 78

# Copies, which what the project starts does not get.
_requests = os.fdopen(os.dup(0), encoding="utf-8")
_answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)

started_in = os.getcwd()  # paths in requests are seen from here
only_one = False  # this process answers one request, and brant has to start another for the next
failures = []  # of the ways that were tried already to answer this one
parent = None  # where a fork tells of its failure


def next_request():
    """None: there are no more."""
    line = _requests.readline()
    return json.loads(line) if line else None


def answer(value):
    sys.stdout.flush()
    sys.stderr.flush()
    _answers.write(json.dumps(value) + "\n")
    _answers.flush()


def ask(value):
    """A question of ours in between: what brant replies."""
    answer(value)
    return next_request() or {"error": {"message": "brant is gone"}}


def leave():
    """At once: an application may have left threads behind."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ANSWERED)


def try_again(failure):
    """Does not return, but where this process is the only one: what the project's code has left behind in it would be taken for its own the next time."""
    failures.append(failure)
    if not only_one:
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(parent, json.dumps(failure).encode())
        os._exit(TRY_AGAIN)


def finish(value):
    answer(dict(value, last=True) if only_one else value)
    leave()

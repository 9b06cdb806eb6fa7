"""Answers what Ansible makes of inventories: one process for all, since each start of Ansible takes a second.

Reads {"lists": [path, ...], "patterns": {path: [pattern, ...]}, "words": [line, ...]} from standard input and prints
{"lists": [...], "patterns": {path: {pattern: [host, ...]}}, "words": [[word, ...] or null, ...]}.
"""

import json
import os
import shlex
import sys

from ansible.cli.inventory import InventoryCLI
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader


def in_child(work):
    """Ansible keeps its command line in a singleton, so each call gets a process of its own."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        os.dup2(write_end, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            work()
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else None


def listed(path):
    return in_child(lambda: InventoryCLI.cli_executor(["ansible-inventory", "-i", path, "--list"]))


def matched(path, patterns):
    def work():
        manager = InventoryManager(loader=DataLoader(), sources=[path])
        print(json.dumps({pattern: names(manager, pattern) for pattern in patterns}))

    return in_child(work)


def names(manager, pattern):
    try:
        return [host.name for host in manager.get_hosts(pattern)]
    except Exception as error:
        return str(error)


def words(line):
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return None


asked = json.load(sys.stdin)
print(
    json.dumps(
        {
            "lists": [listed(path) for path in asked.get("lists", [])],
            "patterns": {path: matched(path, patterns) for path, patterns in asked.get("patterns", {}).items()},
            "words": [words(line) for line in asked.get("words", [])],
        }
    )
)

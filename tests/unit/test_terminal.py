"""Printing to a reader that may leave."""

import subprocess
import sys

from tests.waiting import ended

TALK = """
import sys
from hierbench.terminal import console
sys.stdin.readline()
for line in range(10):
    console().print("line " * 20)
print("more")
sys.exit(7)
"""


def test_output_whose_reader_has_left_keeps_the_exit_code():
    """Of `hierbench compare | head`: 1 would say that the answer is bad."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", TALK]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as talking:
        talking.stdout.close()
        talking.stdin.write("now\n")
        talking.stdin.close()
        assert ended(talking, "a program whose reader has left") == 7
        assert talking.stderr.read() == ""

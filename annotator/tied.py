"""Runs a command that ends when its parent does: `python annotator/tied.py PARENT_PID COMMAND...`.

Linux tells a process of its parent's death (prctl, PR_SET_PDEATHSIG); where there is no such word
the command just runs. The setting lives on through exec.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to the parent and become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)  # the parent died before it could be watched
    os.execv(command[0], command)  # noqa: S606 - our own command, no shell


main()

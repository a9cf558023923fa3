"""Where the program starts: what was asked for is run, and what cannot be is said in one line.

Exit codes: 0 done, 1 not all of a batch was done, 2 bad arguments or input and nothing done, 130 stopped.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
import warnings
from collections.abc import Sequence

from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.refusals import FULL
from attention_viewer.viewer.cli.command import BAD_INPUT, DEBUG, INTERRUPTED, PROGRAM
from attention_viewer.viewer.cli.commands import parse

THREADS = "OMP_NUM_THREADS"
PIPE_CLOSED = 141
"""What a shell reports for a program that SIGPIPE ended; INTERRUPTED is that of SIGINT."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with `argv` (the process's own arguments if None); returns the exit code."""
    _stand_in_for_closed_streams()
    arguments = sys.argv[1:] if argv is None else list(argv)
    if DEBUG not in arguments and not sys.warnoptions:
        warnings.showwarning = _unshown
    _check_threads()
    try:
        return parse(arguments).run()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes standard output once more when it ends, and must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:
        # Whatever a file or an argument does ends in one line.
        if DEBUG in arguments:
            traceback.print_exc()
        return _refuse(_said(error))


def _check_threads() -> None:
    """Take a number of threads that is none out of the environment, before the libraries speak of it in their words."""
    given = os.environ.get(THREADS)
    if given is None or re.fullmatch(r"\s*[1-9]\d{0,3}(\s*,\s*[1-9]\d{0,3})*\s*", given):
        return
    del os.environ[THREADS]
    if given.strip():
        print(f"{PROGRAM}: {THREADS} is {given!r}, which is no number of threads: it is left aside.", file=sys.stderr)


def _unshown(*warning: object, **more: object) -> None:
    """Say nothing of what other libraries warn of: their users are programs. --debug shows it, as Python's -W does."""


def _said(error: Exception) -> str:
    """A sentence of what ended the program; a fault of its own is noted in the log."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OSError):
        if error.errno == errno.ENOSPC:
            return f"{error.filename or 'The output'} cannot be written: {FULL}"
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}."
    from attention_viewer.viewer.state.fault import fault_of
    from attention_viewer.viewer.storage.fault_log import note

    fault = fault_of(error)
    log = note(fault)
    return f"{fault.sentence} {f'It was noted in {log}. ' if log else ''}{DEBUG} shows where it was."


def _refuse(message: str) -> int:
    print(f"{PROGRAM}: {UserError(message)}", file=sys.stderr)
    return BAD_INPUT


def _stand_in_for_closed_streams() -> None:
    """Open nothing in the place of standard streams that are closed: what is opened next would be written into."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(handle)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)

"""Where the program starts: what was asked for is run, and what cannot be is said in one line.

Exit codes: 0 done, 1 not all of a batch was done, 2 bad arguments or input and nothing done, 130 stopped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.cli.command import BAD_INPUT, INTERRUPTED, PROGRAM
from attention_viewer.viewer.cli.commands import parse

PIPE_CLOSED = 141
"""What a shell reports for a program that SIGPIPE ended; INTERRUPTED is that of SIGINT."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with `argv` (the process's own arguments if None); returns the exit code."""
    try:
        return parse(sys.argv[1:] if argv is None else argv).run()
    except UserError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes standard output once more when it ends, and must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _refuse(f"{where}{error.strerror or error}.")


def _refuse(message: str) -> int:
    print(f"{PROGRAM}: {message}", file=sys.stderr)
    return BAD_INPUT

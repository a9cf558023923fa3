"""Where the program starts: arguments first, then the window or a headless command.

Exit codes: 0 done, 1 not all of a batch was written, 2 bad arguments or input and nothing written, 130 stopped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.cli.arguments import Options, parse
from attention_viewer.viewer.state.opening import WindowOptions

BAD_INPUT = 2
INTERRUPTED = 130
PIPE_CLOSED = 141
"""What a shell reports for a program that SIGINT or SIGPIPE ended."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with `argv` (the process's own arguments if None); returns the exit code."""
    try:
        return _run(parse(sys.argv[1:] if argv is None else argv))
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


def _run(options: Options) -> int:
    if not isinstance(options, WindowOptions):
        from attention_viewer.viewer.cli.headless import run

        return run(options)
    from attention_viewer.model.checkpoint import check_checkpoint
    from attention_viewer.viewer.cli.display import check_display, qt_errors_in_words

    check_checkpoint(options.model)
    check_display(os.environ)
    with qt_errors_in_words():
        from attention_viewer.viewer.window.app import run_window
    return run_window(options)


def _refuse(message: str) -> int:
    print(f"attention-viewer: {message}", file=sys.stderr)
    return BAD_INPUT

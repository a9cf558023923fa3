"""`python -m model.training`, and what `torchrun -m model.training` starts in every process."""

from __future__ import annotations

import argparse
import sys

from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.training.arguments import TRAIN_EXAMPLE, TRAIN_HELP, add_train_options, train_options


def main() -> int:
    """Train as the command line asks; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m model.training",
        description=TRAIN_HELP,
        epilog=TRAIN_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_train_options(parser)
    try:
        options = train_options(parser.parse_args())
        from attention_viewer.model.training.run import train

        return train(options)
    except UserError as error:
        print(f"attention_viewer.model.training: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

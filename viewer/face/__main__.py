"""`python -m attention_viewer`."""

from __future__ import annotations

import sys

from attention_viewer.viewer.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

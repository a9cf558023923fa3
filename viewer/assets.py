"""Where the files that come with the program are. They lie beside the packages, in a checkout as in a wheel."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
BUNDLED_MODEL = ASSETS / "models" / "en-fr"


def examples() -> list[str]:
    """The example sentences for the bundled model, one a line in the file."""
    return (ASSETS / "examples" / "en-fr.txt").read_text(encoding="utf8").splitlines()


def icon_path() -> Path:
    """The application's icon."""
    return ASSETS / "icons" / "attention-viewer.svg"


def chevron_path(theme: str) -> Path:
    """The arrow of a drop-down list, in the theme's muted colour."""
    return ASSETS / "icons" / ("chevron-dark.svg" if theme == "dark" else "chevron-light.svg")

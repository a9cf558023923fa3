"""Where the files that come with the program are."""

from __future__ import annotations

from pathlib import Path

from attention_viewer import assets

ASSETS = Path(assets.__file__).resolve().parent
BUNDLED_MODEL = ASSETS / "models" / "en-fr"


def examples() -> dict[str, str]:
    """Example sentences for the bundled model, each with what to look for: a line of the file, with a tab between."""
    lines = (ASSETS / "examples" / "en-fr.txt").read_text(encoding="utf8").splitlines()
    return dict(line.split("\t") for line in lines)


def tour_path() -> Path:
    """The tour that comes with the program."""
    return ASSETS / "tour" / "inside.tour"


def icon_path() -> Path:
    """The application's icon."""
    return ASSETS / "icons" / "attention-viewer.svg"


def chevron_path(theme: str, up: bool = False) -> Path:
    """The small arrow of lists and spin boxes, in the theme's muted colour."""
    shade = "dark" if theme == "dark" else "light"
    return ASSETS / "icons" / (f"chevron-up-{shade}.svg" if up else f"chevron-{shade}.svg")


def check_path(theme: str) -> Path:
    """The tick of a check box, in the colour that is written on the theme's accent."""
    return ASSETS / "icons" / f"check-{'dark' if theme == 'dark' else 'light'}.svg"

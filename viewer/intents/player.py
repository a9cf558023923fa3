"""Play: a step at a time at a chosen speed."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal


class Player(QObject):
    """Emits `due` so many times a second while playing; `runs` counts how often it was started."""

    due = Signal()
    changed = Signal()

    def __init__(self, speed: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.due)
        self.set_speed(speed)

    @property
    def playing(self) -> bool:
        """True between `start` and `stop`."""
        return self._timer.isActive()

    def set_speed(self, steps_per_second: float) -> None:
        """Steps a second, from now on."""
        self._timer.setInterval(round(1000 / steps_per_second))

    def start(self) -> None:
        """Play; the first step is due one interval from now."""
        self.runs += 1
        self._timer.start()
        self.changed.emit()

    def stop(self) -> None:
        """Stop playing; harmless when not playing."""
        if self._timer.isActive():
            self._timer.stop()
            self.changed.emit()

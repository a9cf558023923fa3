"""Asks what to export, how it is to look and where to; shows what it will look like, and writes nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from attention_viewer.model.contract.maps import EXPECTED, MapInfo
from attention_viewer.viewer.state.export_request import ExportRequest
from attention_viewer.viewer.state.exportables import FORMATS, Shows, exportable, titles
from attention_viewer.viewer.state.figure_options import THEMES, FigureOptions
from attention_viewer.viewer.state.options import HeadsShown, exported
from attention_viewer.viewer.state.view_state import OF_LAYER, ViewState, choose, heads_shown
from attention_viewer.viewer.widgets.export_texts import idle_controls, is_pictured, note_on, preview_title
from attention_viewer.viewer.widgets.form_parts import (
    candidate_count,
    disable,
    drop_down,
    frame_time,
    letters,
    look_of,
    mnemonic,
    points_in,
    reserve,
    text_size,
    tick,
)
from attention_viewer.viewer.widgets.head_box import HeadBox
from attention_viewer.viewer.widgets.plain import plain_label, set_tip
from attention_viewer.viewer.widgets.preview import Preview
from attention_viewer.viewer.widgets.save_dialog import Asked, completed, save_dialog, suffix_in
from attention_viewer.viewer.widgets.width_box import USUAL, ResolutionBox, WidthBox
from PySide6.QtCore import QSignalBlocker, QSizeF, QTimer, Signal
from PySide6.QtGui import QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

TITLE = "Export"
SETTLING = 150
"""Milliseconds that a number rests before a preview of it is asked for."""
SCREEN_SHARE = 0.9
"""The dialog opens no larger than this part of the screen."""
NOTE_LINES = 3
ABOUT_LINES = 2

FILE = "Choose fil&e …"
WAITING = "Making the preview …"


class ExportDialog(QDialog):
    """Options beside a preview of them, then a file dialog starting in `folder`.

    `unavailable` are reasons why subjects cannot be exported now, `names` gives the proposed file names without suffix,
    by subject. Which of `maps` is shown, and how, begins as in `view` and is chosen for the export alone; `uncomputed`
    is why nothing can be computed for it. `options_changed` asks for a preview, `accepted_request` carries an
    ExportRequest once all is chosen.
    """

    options_changed = Signal(object, object)
    accepted_request = Signal(object)

    def __init__(
        self,
        options: FigureOptions,
        unavailable: Mapping[str, str],
        names: Callable[[ViewState], Mapping[str, str]],
        folder: Path,
        parent: QWidget | None = None,
        view: ViewState | None = None,
        maps: Sequence[MapInfo] = EXPECTED,
        uncomputed: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(TITLE)
        self._names, self._folder, self._uncomputed = names, folder, uncomputed
        self._preferred = [options.format]
        self._told: tuple[FigureOptions, ViewState] | None = None
        self._view = ViewState() if view is None else view
        self._looks = {option: look_of(option, self._view) for option in exported()}
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(SETTLING)
        self._resting.timeout.connect(self._tell)
        self._subject = drop_down("What", titles(), options.subject)
        disable(self._subject, unavailable)
        self._format = QComboBox()
        self._format.setAccessibleName("Format")
        self._offer_formats()
        self._head = HeadBox(maps, self._view)
        self._text, self._candidates = text_size(options.font_size), candidate_count(options.candidates)
        self._theme = drop_down("Theme", THEMES, options.theme)
        self._width = WidthBox(options.width)
        self._dpi = ResolutionBox(options.dpi)
        self._title, self._caption = tick("&Title", options.title), tick("Ca&ption", options.caption)
        self._frame = frame_time(options.frame)
        self._note, self._about = plain_label(), plain_label()
        self._preview = Preview()
        self._controls = self._lay_out()
        self._connect()
        self._show_options()
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize() * SCREEN_SHARE))

    def options(self) -> FigureOptions:
        """What is chosen now; controls that mean nothing for it keep their values."""
        return FigureOptions(
            subject=str(self._subject.currentData()),
            format=str(self._format.currentData()),
            theme=str(self._theme.currentData()),
            width=self._width.value(),
            dpi=self._dpi.value(),
            title=self._title.isChecked(),
            caption=self._caption.isChecked(),
            frame=self._frame.value(),
            font_size=points_in(self._text),
            candidates=self._candidates.value(),
        )

    def view(self) -> ViewState:
        """The view with the options of how maps are shown that were made here."""
        view = self._head.applied(self._view)
        for option, combo in self._looks.items():
            view = choose(view, option, option.read(combo.currentData()))
        return view

    def set_preview(self, image: QImage, about: str) -> None:
        """Show the figure as painted, and `about` below it; dropped where a subject without a picture is chosen now."""
        if is_pictured(self.options()):
            self._preview.show_picture(image, about)
            self._about.setText(about)

    def set_problem(self, text: str) -> None:
        """Say why there is no preview; "" clears what was said."""
        if is_pictured(self.options()) and (text or self._preview.words()):
            self._preview.show_problem(text)
            self._about.clear()

    def set_computing(self, what: str) -> None:
        """Say `what` is computed before there is anything to export; "" where nothing is."""
        self._save.setEnabled(not what)
        set_tip(self._save, f"{what} …" if what else "")
        if what and is_pictured(self.options()):
            self._preview.show_statement(f"{what} …")
            self._about.clear()

    def set_waiting(self) -> None:
        """Say that a preview is being made; the one before stays until it has come."""
        if is_pictured(self.options()):
            self._preview.show_waiting(WAITING)
            self._about.setText(WAITING if not self._preview.words() else "")

    def request_for(self, file: str) -> ExportRequest:
        """The request for what is chosen now, written to `file`.

        A suffix that a format of the subject has chooses that format; where the name has none, it is added.
        """
        asked = self._asked()
        path, options = completed(file, asked), self.options()
        suffix = suffix_in(path.name, asked.known) or options.format
        return ExportRequest(replace(options, format=suffix), path, self.view())

    def accept(self) -> None:
        """Ask for the file; the options stay open until one is chosen."""
        self._ask_for_file().open()

    def done(self, result: int) -> None:
        """Close, and want no more previews."""
        self._resting.stop()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the first preview."""
        super().showEvent(event)
        self._tell()

    def preview_room(self) -> QSizeF:
        """The room that a preview can fill, in logical pixels."""
        return self._preview.room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for a preview that fills the room anew, once it rests."""
        super().resizeEvent(event)
        if self.isVisible():
            self._told = None
            self._resting.start()

    def _ask_for_file(self) -> QFileDialog:
        return save_dialog(self, self._asked(), lambda path: self._finish(self.request_for(str(path))))

    def _asked(self) -> Asked:
        options = self.options()
        name = self._names(self.view())[options.subject]
        return Asked(TITLE, self._folder, name, options.format, FORMATS[options.format], options.what.formats)

    def _finish(self, request: ExportRequest) -> None:
        self.accepted_request.emit(request)
        super().accept()

    def _connect(self) -> None:
        self._subject.currentIndexChanged.connect(self._follow_subject)
        self._format.currentIndexChanged.connect(self._follow_format)
        for combo in (self._theme, *self._looks.values()):
            combo.currentIndexChanged.connect(self._follow)
        self._width.chosen.connect(self._follow)
        self._head.chosen.connect(self._follow)
        self._title.toggled.connect(self._follow)
        self._caption.toggled.connect(self._follow)
        numbers = (self._frame, self._text, self._candidates)
        for number in (self._width.typed, self._dpi.typed, *(each.valueChanged for each in numbers)):
            number.connect(self._follow_number)

    def _follow_subject(self) -> None:
        self._offer_formats()
        self._follow()

    def _follow_format(self) -> None:
        chosen = str(self._format.currentData())
        self._preferred = [chosen, *(each for each in self._preferred if each != chosen)]
        self._follow()

    def _follow_number(self) -> None:
        self._show_options()
        self._resting.start()

    def _follow(self) -> None:
        self._show_options()
        self._tell()

    def _offer_formats(self) -> None:
        """Offer the formats of the subject, the one chosen last among them first."""
        formats = exportable(str(self._subject.currentData())).formats
        # Between clearing and filling nothing is chosen, which nobody should hear of.
        with QSignalBlocker(self._format):
            self._format.clear()
            for suffix in formats:
                self._format.addItem(FORMATS[suffix], suffix)
            chosen = next((each for each in self._preferred if each in formats), formats[0])
            self._format.setCurrentIndex(formats.index(chosen))

    def _tell(self) -> None:
        """Ask for a preview, unless it would be the same again."""
        told = self.options(), self.view()
        if told != self._told:
            self._told = told
            self.set_waiting()
            self.options_changed.emit(*told)

    def _show_options(self) -> None:
        """Say what the format gives, and leave idle what means nothing for it."""
        options = self.options()
        idle, pictured = idle_controls(options, self._uncomputed), is_pictured(options)
        for field, widgets in self._controls.items():
            for widget in widgets:
                widget.setEnabled(field not in idle)
                set_tip(widget, idle.get(field, ""))
        one = "head" not in idle and options.what.shows is not Shows.KIND
        large = options.what.shows in (Shows.HEAD, Shows.EVERY_KIND)
        of = heads_shown(self.view(), self.view().active) if large else HeadsShown.ONE
        self._head.set_single(one and of in (*OF_LAYER, HeadsShown.ONE), one and of is HeadsShown.ONE)
        self._note.setText(note_on(options) if pictured else "")
        set_tip(self._preview, preview_title(options))
        if not pictured:
            self._preview.show_statement(note_on(options))
            self._about.clear()

    def _lay_out(self) -> dict[str, tuple[QWidget, ...]]:
        """Lay all out; returns controls with their labels, by field of FigureOptions."""
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(self._ems(0.8))
        form.setVerticalSpacing(self._ems(0.6))
        ticks = QHBoxLayout()
        ticks.setSpacing(self._ems(1.2))
        ticks.addWidget(self._title)
        ticks.addWidget(self._caption)
        ticks.addStretch()
        rows: tuple[tuple[str, str, QWidget, QWidget], ...] = (
            ("subject", "&What", self._subject, self._subject),
            ("head", "&Map", self._head, self._head.kinds),
            ("format", "&Format", self._format, self._format),
            ("theme", "T&heme", self._theme, self._theme),
            ("width", "W&idth", self._width, self._width.ways),
            ("dpi", "&Resolution", self._dpi, self._dpi.dpi),
            ("text", "Te&xt size", self._text, self._text),
            ("candidates", "Ca&ndidates", self._candidates, self._candidates),
            ("frame", "Frame time", self._frame, self._frame),
        )
        controls: dict[str, tuple[QWidget, ...]] = {"title": (self._title,), "caption": (self._caption,)}
        for name, title, field, buddy in rows:
            label = plain_label(title)
            label.setBuddy(buddy)
            form.addRow(label, field)
            controls[name] = (label, field)
        form.addRow("", ticks)
        taken = letters(*(title for _, title, _, _ in rows), self._title.text(), self._caption.text(), USUAL, FILE)
        for option, combo in self._looks.items():
            label = plain_label(mnemonic(option.title, taken))
            label.setBuddy(combo)
            form.addRow(label, combo)
            controls[option.name] = (label, combo)
        self._put_side_by_side(form)
        return controls

    def _put_side_by_side(self, form: QFormLayout) -> None:
        reserve(self._note, NOTE_LINES)
        reserve(self._about, ABOUT_LINES)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self._save = buttons.button(QDialogButtonBox.StandardButton.Save)
        self._save.setText(FILE)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addLayout(form)
        left.addWidget(self._note)
        left.addStretch()
        right.addWidget(self._preview, 1)
        right.addWidget(self._about)
        left.setSpacing(self._ems(1.0))
        right.setSpacing(self._ems(0.5))
        both = QHBoxLayout()
        both.setSpacing(self._ems(1.4))
        both.addLayout(left)
        both.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(both, 1)
        layout.addWidget(buttons)
        margin = self._ems(1.2)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(margin)

    def _ems(self, count: float) -> int:
        return round(count * self.fontInfo().pixelSize())

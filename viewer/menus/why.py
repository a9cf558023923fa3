"""When actions can be done, and, where one cannot, why: said by the buttons, and where its key is pressed in vain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.viewer.menus.menu_actions import MenuActions

NO_SENTENCE = "Encode a sentence first: type one and press Enter"


@dataclass(frozen=True)
class When:
    """A condition of an action, and what is said where it does not hold."""

    holds: Callable[[MenuActions], bool]
    why: Callable[[MenuActions], str]

    def __call__(self, menu: MenuActions) -> bool:
        """Whether it holds."""
        return self.holds(menu)


def reason(enabled: Callable[[MenuActions], bool], menu: MenuActions) -> str:
    """Why an action cannot be done now; "" where it can, or nobody knows."""
    return enabled.why(menu) if isinstance(enabled, When) and not enabled(menu) else ""


def said(text: str) -> Callable[[MenuActions], str]:
    """The same, whatever the state is."""
    return lambda menu: text


def _no_step(menu: MenuActions) -> str:
    state = menu.controller.state
    if state.shown.trace is None:
        return NO_SENTENCE
    if state.shown.uncomputed and not state.has_steps:
        return "The rows look at later tokens: they belong together, and there is nothing to step"
    if state.shown.uncomputed:
        return "There is no step after these rows: they are all that the file holds"
    if not state.has_steps:
        return "Without the causal mask all rows are computed at once: there is nothing to step (Ctrl+M puts it back)"
    return "The translation has come to its end: there is no step after it"


def _no_step_back(menu: MenuActions) -> str:
    state = menu.controller.state
    if state.shown.trace is None or not state.has_steps:
        return _no_step(menu)
    return "This is the start: there is no step before it"


def _traced(menu: MenuActions) -> bool:
    return menu.controller.loaded.trace is not None


def _has_row(menu: MenuActions) -> bool:
    trace = menu.controller.loaded.trace
    return trace is not None and bool(trace.steps)


def _intervenes(menu: MenuActions) -> bool:
    document = menu.controller.document
    return document is not None and bool(document.interventions)


def _several(menu: MenuActions) -> bool:
    document = menu.controller.document
    return document is not None and len(document.hypotheses) > 1


def _goes_back(menu: MenuActions) -> bool:
    return _traced(menu) and menu.controller.state.can_back


def takes(capability: Capability, enabled: Callable[[MenuActions], bool] = lambda menu: True) -> When:
    """A condition of what takes something of the model: where that is missing, it never holds."""

    def missing(menu: MenuActions) -> str:
        return menu.controller.loaded.reason(capability)

    return When(lambda menu: not missing(menu) and enabled(menu), lambda menu: missing(menu) or reason(enabled, menu))


COMPUTES = takes(Capability.COMPUTING)
HAS_SENTENCE = When(_traced, said(NO_SENTENCE))
HAS_ROW = When(_has_row, lambda menu: "Take a step first: → or Space" if _traced(menu) else NO_SENTENCE)
HAS_MODEL = When(lambda menu: menu.controller.loaded.info is not None, said("The model is not open yet"))
TAKES_SENTENCE, TAKES_ROW = takes(Capability.COMPUTING, HAS_SENTENCE), takes(Capability.COMPUTING, HAS_ROW)
SWITCHES_HEADS, HIDES = takes(Capability.HEADS_OFF, HAS_SENTENCE), takes(Capability.HIDDEN_TOKENS, HAS_SENTENCE)
UNMASKS, SEARCHES = takes(Capability.CAUSAL_MASK_OFF, HAS_SENTENCE), takes(Capability.BEAM_SEARCH, HAS_SENTENCE)
CAN_STEP = When(lambda menu: menu.controller.state.can_step, _no_step)
CAN_PLAY = When(lambda menu: menu.controller.state.can_step or menu.controller.state.can_back, _no_step)
CAN_GO_BACK = When(_goes_back, _no_step_back)
COMPARES = When(
    lambda menu: menu.controller.loaded.results.other is not None,
    said("Nothing is compared yet: Ctrl+Shift+B keeps what is on screen as B"),
)
INTERVENES = When(_intervenes, said("Nothing is changed in the model"))
SEVERAL = When(_several, said("There is one hypothesis: force a token (Ctrl+F) to have another beside it"))
CAN_UNDO = When(lambda menu: menu.controller.state.can_undo, said("There is nothing to undo"))
CAN_REDO = When(lambda menu: menu.controller.state.can_redo, said("There is nothing to make again"))

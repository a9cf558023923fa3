from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from attention_viewer.model.contract.api import DecodeStep, How, Token
from attention_viewer.model.contract.beam import BeamNode, BeamTree, Fate
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import Document, free_how, path
from attention_viewer.model.contract.experiments import Check, Effect, HeadEffect
from attention_viewer.model.contract.hypotheses import branch, decode_by, force, intervene, leave
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.resolve.provenance import choice_at, made_words
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import (
    BEAM,
    EFFECT,
    NO_RESULTS,
    RANKING,
    TRANSLATIONS,
    HypothesisText,
    Measured,
    Results,
)
from attention_viewer.viewer.state.specs import (
    BarsSpec,
    BeamSpec,
    GridSpec,
    HeatmapSpec,
    HypothesesSpec,
    Pending,
    Unavailable,
)
from attention_viewer.viewer.state.view_state import Head, Side, ViewState
from support import traces
from support.searches import ranked
from support.traces import KINDS

TRACE = traces.trace(3)
VOCABULARY = (*traces.TARGET[:3], Token(5, "▁tapir", "tapir"), Token(6, "ou", "ou"))


PLAIN = Document("The mat is", step=3)
CHANGED = intervene(PLAIN, Interventions(heads_off=frozenset({HeadId(CROSS, 1, 2)})))


def loaded(
    document: Document = PLAIN,
    results: Results = NO_RESULTS,
    texts: tuple[HypothesisText, ...] = (),
    other: Other | None = None,
) -> Loaded:
    spelled = {questions.spelling(document, index, len(TRACE.steps)): text for index, text in enumerate(texts)}
    return Loaded(
        info=traces.info(),
        trace=TRACE,
        sentence="The mat is",
        translation="Le tapis",
        document=document,
        vocabulary=VOCABULARY,
        results=replace(results, spelled=spelled, other=other),
    )


def measured(document: Document = CHANGED, before: DecodeStep | None = None) -> Results:
    """The effect of a document's interventions, and the translations without and with them."""
    found = Measured(effect() if before is None else replace(effect(), before=before), "a", "b")
    return NO_RESULTS.answered([EFFECT, TRANSLATIONS], document, found)


def effect() -> Effect:
    logs = np.log(np.full(traces.VOCABULARY, 1 / traces.VOCABULARY, dtype=np.float32))
    return Effect(replace(TRACE.steps[-1], log_probabilities=logs), 0.123456, (), ())


def test_bars_carry_ids_ranks_and_what_was_before() -> None:
    spec = resolve.bars(loaded(), ViewState())
    assert isinstance(spec, BarsSpec) and spec.note == ""
    assert [bar.token for bar in spec.bars] == [each.token.id for each in TRACE.steps[-1].candidates]
    assert spec.bars[0].rank == 1 and all(bar.before is None for bar in spec.bars)
    changed = resolve.bars(loaded(CHANGED, measured()), ViewState())
    assert isinstance(changed, BarsSpec) and changed.note == "KL(before ‖ after) at step 3 = 0.1235 nats"
    assert [bar.before for bar in changed.bars] == pytest.approx([1 / traces.VOCABULARY] * 4)


def test_a_divergence_too_small_for_its_digits_is_not_called_none() -> None:
    found = Measured(replace(effect(), divergence=0.00003), "a", "b")
    changed = resolve.bars(loaded(CHANGED, NO_RESULTS.answered([EFFECT, TRANSLATIONS], CHANGED, found)), ViewState())
    assert isinstance(changed, BarsSpec) and changed.note == "KL(before ‖ after) at step 3 < 0.0001 nats"


def test_an_effect_of_another_row_is_not_drawn() -> None:
    spec = resolve.bars(loaded(CHANGED, measured(before=TRACE.steps[0])), ViewState())
    assert isinstance(spec, BarsSpec) and spec.note == "" and spec.bars[0].before is None


@pytest.mark.parametrize(
    ("text", "found"), [("tap", {"tap", "tapir"}), ("IS", {"…is"}), (" ta", {"tap", "tapir"}), (" is", set())]
)
def test_a_filter_searches_the_whole_vocabulary(text: str, found: set[str]) -> None:
    spec = resolve.bars(loaded(), ViewState(filter=text))
    assert isinstance(spec, BarsSpec) and {bar.label for bar in spec.bars} == found
    if text == "tap":
        assert [bar.label for bar in spec.bars] == ["tap", "tapir"]
    if found == {"…is"}:
        assert spec.bars[0].rank == 1 and spec.bars[0].chosen


def test_tokens_can_be_forced_only_where_there_is_a_row() -> None:
    assert laboratory.choosable(loaded()) is None
    assert "step" in (laboratory.choosable(replace(loaded(), trace=traces.trace(0))) or "")
    assert "mask" in (laboratory.choosable(replace(loaded(), trace=replace(TRACE, causal=False))) or "")


def test_hypotheses_have_text_score_and_origin() -> None:
    document = branch(Document("The mat is", step=2), [(21, How.GREEDY), (7, How.FORCED)])
    texts = (
        HypothesisText("Le tapis", -1.5, (How.GREEDY, How.GREEDY), True),
        HypothesisText("Le x", -9.0, (How.GREEDY, How.FORCED), False),
    )
    spec = laboratory.hypotheses_spec(loaded(document, texts=texts, other=Other("one", TRACE, "s", "t", 0)))
    assert isinstance(spec, HypothesesSpec)
    assert [(row.text, row.log_probability, row.tokens, row.how) for row in spec.rows] == [
        ("Le tapis", -1.5, 2, "greedy"),
        ("Le x", -9.0, 2, "forced at 2"),
    ]
    assert [(row.current, row.side) for row in spec.rows] == [(False, "B"), (True, "A")]
    assert spec.note.startswith("B is one. ")
    plain = laboratory.hypotheses_spec(loaded(document, texts=texts, other=Other("plain", TRACE, "s", "t")))
    assert isinstance(plain, HypothesesSpec) and [row.side for row in plain.rows] == ["", "A"]
    assert plain.note.startswith("B is plain, which is not in this list. ")
    unknown = laboratory.hypotheses_spec(loaded(document))
    assert isinstance(unknown, HypothesesSpec) and unknown.rows[0].log_probability is None
    forced = HypothesisText("x y", -9.0, (How.FORCED, How.FORCED), True)
    spec = laboratory.hypotheses_spec(loaded(texts=(forced,)))
    assert isinstance(spec, HypothesesSpec) and spec.rows[0].how == "teacher forcing"


def beam_of(state: Loaded) -> BeamSpec | Pending | Unavailable:
    return laboratory.beam_spec(state.found(BEAM), laboratory.beam_node(state), laboratory.no_beam(state))


def test_a_beam_has_ranks_and_tips() -> None:
    le, tap, end = traces.TARGET[0], traces.TARGET[1], traces.TARGET[3]
    nodes = (
        BeamNode(le, None, 1, -0.5, Fate.SURVIVED),
        BeamNode(tap, None, 1, -2.0, Fate.DISCARDED),
        BeamNode(end, 0, 2, -0.7, Fate.FINISHED),
    )
    state = loaded(results=NO_RESULTS.answered([BEAM], PLAIN, BeamTree(2, nodes, ((2, -0.35),))))
    spec = beam_of(state)
    assert isinstance(spec, BeamSpec) and spec.selected is None and "2 wide" in spec.title
    shown = beam_of(replace(state, trace=traces.trace(1)))
    assert isinstance(shown, BeamSpec) and shown.selected == 0
    assert [(dot.parent, dot.fate, dot.rank) for dot in spec.dots] == [
        (None, "survived", 0), (None, "discarded", 0), (0, "finished", 1),
    ]  # fmt: skip
    assert f"probability {math.exp(-0.2):.4f}" in spec.dots[2].tooltip and "score -0.3500" in spec.dots[2].tooltip
    assert beam_of(loaded()) == laboratory.NO_BEAM


def test_the_switches_say_what_is_off() -> None:
    change = Interventions(
        heads_off=frozenset({HeadId(CROSS, 1, 2), HeadId(DECODER, 0, 1)}),
        hidden=frozenset({1}),
        encoder_positions=Positions.SHUFFLED,
        shuffle_seed=7,
    )
    document = intervene(Document("The mat is", step=3), change)
    spec = laboratory.laboratory_spec(loaded(document, measured(document)))
    assert spec.heads_off == ((CROSS, Head(1, 2)), (DECODER, Head(0, 1)))
    assert spec.hidden == ((1, "ma"),) and (spec.encoder_positions, spec.shuffle_seed) == ("shuffled", 7)
    assert (spec.before, spec.after) == ("a", "b") and spec.reason == ""
    assert spec.effect == "KL(before ‖ after) at step 3 = 0.1235 nats · a ranking has the mean over all steps"
    plain = laboratory.laboratory_spec(loaded(PLAIN, measured(document)))
    assert plain.before == plain.effect == ""
    further = laboratory.laboratory_spec(loaded(replace(document, step=2), measured(document)))
    assert further.effect == "" and (further.before, further.after) == ("a", "b"), "translations are of every step"
    assert "Loading" in laboratory.laboratory_spec(Loaded()).reason


def test_heads_that_are_off_carry_a_badge_and_the_ranking_knows_them() -> None:
    document = intervene(Document("The mat is", step=3), Interventions(heads_off=frozenset({HeadId(CROSS, 1, 2)})))
    ranking = (HeadEffect(CROSS, 1, 2, 0.4, -1.0), HeadEffect(CROSS, 0, 0, 0.1, 0.0))
    state = loaded(document, NO_RESULTS.answered([RANKING], PLAIN, ranked(PLAIN, ranking)))
    view = ViewState(heads={kind: Head(1, 2) for kind in KINDS})
    spec, grid = resolve.heatmap(state, view, CROSS), resolve.grid(state, view, CROSS)
    assert isinstance(spec, HeatmapSpec) and spec.badge == "off" and spec.title.endswith("off")
    assert isinstance(grid, GridSpec) and grid.off == {Head(1, 2)}
    other = resolve.heatmap(state, view, DECODER)
    assert isinstance(other, HeatmapSpec) and other.badge == ""
    assert [row.off for row in laboratory.ranking_spec(state).rows] == [True, False]


def test_a_ranking_says_which_heads_were_off() -> None:
    off = intervene(PLAIN, Interventions(heads_off=frozenset({HeadId(CROSS, 1, 2), HeadId(ENCODER, 0, 1)})))
    effects = (HeadEffect(CROSS, 0, 0, 0.1, 0.0),)

    def said(then: Document, now: Document) -> str:
        found = NO_RESULTS.answered([RANKING], then, ranked(then, effects))
        return laboratory.ranking_spec(loaded(now, found)).ranked

    assert said(PLAIN, PLAIN) == "" and said(PLAIN, off) == "Ranked with all heads on."
    assert said(off, PLAIN) == said(off, off) == "Ranked with encoder layer 1 head 2 off; cross layer 2 head 3 off."
    assert laboratory.ranking_spec(loaded(off)).ranked == ""


def test_the_head_that_was_taught_to_align_is_marked() -> None:
    found = ranked(PLAIN, (HeadEffect(CROSS, 1, 2, 0.4, -1.0),))
    plain = loaded(results=NO_RESULTS.answered([RANKING], PLAIN, found))
    state = replace(plain, info=traces.info(guided_head=(1, 2)))
    for each, taught in ((plain, None), (state, Head(1, 2))):
        grid = resolve.grid(each, ViewState(), CROSS)
        assert isinstance(grid, GridSpec) and grid.taught == taught
        assert [row.taught for row in laboratory.ranking_spec(each).rows] == [taught is not None]
    own, other, encoder = (
        resolve.heatmap(state, ViewState(heads={each: Head(layer, 2) for each in KINDS}), kind)
        for kind, layer in ((CROSS, 1), (CROSS, 0), (ENCODER, 1))
    )
    said = [
        "taught to align" in " ".join(spec.caption) for spec in (own, other, encoder) if isinstance(spec, HeatmapSpec)
    ]
    assert said == [True, False, False]


def test_maps_show_a_b_or_their_difference() -> None:
    b = traces.with_weights(TRACE, cross=TRACE.cross_attention * 0.5)
    state = loaded(other=Other("pinned", b, "The other", "autre"))
    views = {side: ViewState(heads={kind: Head() for kind in KINDS}, side=side) for side in Side}
    maps = {side: resolve.heatmap(state, view, CROSS) for side, view in views.items()}
    for side, values in (
        (Side.A, TRACE.cross_attention[0, 0]),
        (Side.B, b.cross_attention[0, 0]),
        (Side.DIFFERENCE, 0.5 * TRACE.cross_attention[0, 0]),
    ):
        spec = maps[side]
        assert isinstance(spec, HeatmapSpec)
        np.testing.assert_allclose(spec.values, values)
    difference, second = maps[Side.DIFFERENCE], maps[Side.B]
    assert isinstance(difference, HeatmapSpec) and isinstance(second, HeatmapSpec)
    assert difference.scale.low == -difference.scale.high and difference.colormap == "diverging"
    assert "A − B" in difference.title and "B, pinned" in second.title and "The other" in second.caption[0]
    assert "A − B: +0." in resolve.readout(difference, (0, 0))
    grid = resolve.grid(state, views[Side.DIFFERENCE], CROSS)
    assert isinstance(grid, GridSpec) and grid.scale is not None and grid.scale.low == -grid.scale.high


def test_the_maps_say_that_the_mask_is_off() -> None:
    state = replace(loaded(), trace=replace(TRACE, causal=False))
    spec = resolve.heatmap(state, ViewState(heads={kind: Head() for kind in KINDS}), DECODER)
    assert isinstance(spec, HeatmapSpec) and spec.leaked is not None and spec.leaked.sum() == 3
    assert "causal mask off" in spec.caption[1] and "hatched" not in spec.caption[1]
    assert "looks ahead" in resolve.readout(spec, (0, 1))


def test_hidden_tokens_are_struck_out() -> None:
    state = replace(loaded(), trace=replace(TRACE, hidden=frozenset({1})))
    assert [chip.state for chip in resolve.source_chips(state)] == ["plain", "hidden", "plain", "plain", "special"]
    spec = resolve.heatmap(state, ViewState(heads={kind: Head() for kind in KINDS}), CROSS)
    assert isinstance(spec, HeatmapSpec) and spec.mask is not None and spec.mask[:, 1].all()


def test_chips_say_how_a_token_was_chosen() -> None:
    steps = list(TRACE.steps)
    steps[0] = replace(steps[0], how=How.FORCED)
    steps[1] = replace(steps[1], how=How.FORCED, output=Token(39, "▁rare", "rare"))
    steps[2] = replace(steps[2], how=How.BEAM)
    logs = steps[1].log_probabilities.copy()
    logs[39] = math.log(0.001)
    steps[1] = replace(steps[1], log_probabilities=logs)
    chips = resolve.target_chips(replace(loaded(), trace=replace(TRACE, steps=tuple(steps))))
    assert [chip.mark for chip in chips] == ["forced", "surprising", "beam"]
    assert "rank 41" in chips[1].tooltip and "forced" in chips[1].tooltip


def kept_state(way: Decoding, change: Interventions) -> Loaded:
    """Three tokens of the trace, two of them chosen by `way` under `change`, the third forced; now without it."""
    made = intervene(decode_by(Document("The mat is", step=3), way), change)
    outputs = [(step.output.id, step.how) for step in TRACE.steps]
    how = free_how(way)
    document = force(made, [(token, how) for token, _ in outputs[:2]], outputs[2][0])
    steps = [replace(step, how=How.KEPT) for step in TRACE.steps[:2]]
    steps.append(replace(TRACE.steps[2], how=How.FORCED))
    texts = (
        HypothesisText("Le tapis", -2.0, (How.KEPT, How.KEPT), False),
        HypothesisText("Le tapis est", -3.0, (How.KEPT, How.KEPT, How.FORCED), False),
    )
    state = loaded(replace(document, interventions=Interventions()), texts=texts)
    return replace(state, trace=replace(TRACE, steps=tuple(steps)))


@pytest.mark.parametrize(
    ("way", "change", "said"),
    [
        (
            Decoding(),
            Interventions(encoder_positions=Positions.OFF),
            "kept: chosen greedily with encoder positions off",
        ),
        (
            Decoding(Method.SAMPLING, 1.5, seed=3),
            Interventions(heads_off=frozenset({HeadId(CROSS, 3, 7)}), decoder_positions=Positions.OFF),
            "kept: sampled (seed 3, T 1.5) with decoder positions off, cross layer 4 head 8 off",
        ),
    ],
)  # fmt: skip
def test_a_kept_token_says_what_it_was_chosen_under(way: Decoding, change: Interventions, said: str) -> None:
    state = kept_state(way, change)
    chips = resolve.target_chips(state)
    assert [chip.mark for chip in chips] == ["kept", "kept", "forced"]
    step = TRACE.steps[0]
    shown = f"the model now shown gives it p = {math.exp(step.log_probability):.4f}, rank {step.rank}"
    assert chips[0].tooltip.endswith(f"{said}; {shown}") and "kept" not in chips[2].tooltip
    spec = laboratory.hypotheses_spec(state)
    assert isinstance(spec, HypothesesSpec)
    assert [row.how for row in spec.rows] == ["kept", "forced at 3, 2 kept"]
    assert [row.kept for row in spec.rows] == [f"{said}. ln p is that of the model now shown."] * 2


def test_kept_tokens_of_the_untouched_model_and_of_the_mask_say_so() -> None:
    document = leave(Document("The mat is", step=2), [(21, How.GREEDY), (22, How.GREEDY)])
    first = path(document)[0]
    off = replace(document, interventions=Interventions(hidden=frozenset({1, 2})))
    assert made_words(first, off) == "chosen greedily without interventions"
    unmasked = replace(document, interventions=Interventions(causal_mask=False))
    assert made_words(first, unmasked) == "chosen greedily with the causal mask on"
    assert made_words(choice_at(unmasked, 7), unmasked) == "chosen greedily with the causal mask on"
    beam = path(branch(document, [(5, How.BEAM)], decoding=Decoding(beam_width=6)))[0]
    assert made_words(beam, document) == "found by a beam 6 wide"


def test_the_check_gives_its_figures() -> None:
    text = laboratory.check_text(Check(13, 9.5e-6, 1.1e-6, 6, Token(1, "▁<b>", "<b>"), 0.0, 9.2))
    for words in ("13 rows", "9.5e-06", "1.1e-06", "row 7", "&lt;b&gt;", "Rows 1 to 6", "exactly 0", "9.2"):
        assert words in text


def test_a_token_chosen_against_the_odds_stands_among_the_candidates() -> None:
    rare = Token(39, "▁rare", "rare")
    steps = (*TRACE.steps[:-1], replace(TRACE.steps[-1], output=rare, how=How.FORCED))
    spec = resolve.bars(replace(loaded(), trace=replace(TRACE, steps=steps)), ViewState())
    assert isinstance(spec, BarsSpec) and len(spec.bars) == 4
    assert (spec.bars[-1].label, spec.bars[-1].chosen, spec.bars[-1].rank > 1) == ("rare", True, True)


def test_equal_traces_are_said_to_be_equal() -> None:
    state = loaded(other=Other("pinned", TRACE, "The mat is", "Le tapis"))
    spec = resolve.heatmap(state, ViewState(side=Side.DIFFERENCE), CROSS)
    assert isinstance(spec, Unavailable) and "equal" in spec.reason


def test_sampling_is_written_beside_the_step() -> None:
    document = Document("The mat is", step=3, decoding=Decoding(Method.SAMPLING, temperature=1.5))
    assert resolve.step_text(loaded(document)) == "step 3 · sampling, T 1.5"
    assert resolve.step_text(loaded()) == "step 3"

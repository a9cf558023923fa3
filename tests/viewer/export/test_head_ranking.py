"""The ranking of heads as a table: its columns, its order, what counts from 0 and what from 1."""

from __future__ import annotations

import csv
import io
import json

from attention_viewer.model.contract.experiments import HeadEffect
from attention_viewer.viewer.export.head_ranking import COLUMNS, WRITERS, text_lines

EFFECTS = (HeadEffect("cross", 3, 7, 0.5, -1.25), HeadEffect("encoder", 0, 1, 0.001, 0.5))
META = {"sentence": "caf\u00e9", "interventions": ["encoder positions off"]}


def test_the_csv_counts_from_zero_and_says_what_was_changed() -> None:
    lines = list(csv.DictReader(io.StringIO(WRITERS["csv"](EFFECTS, META).decode("utf-8"))))
    assert tuple(lines[0]) == COLUMNS
    assert [(line["rank"], line["kind"], line["layer"], line["head"]) for line in lines] == [
        ("1", "cross", "3", "7"),
        ("2", "encoder", "0", "1"),
    ]
    assert [float(line["divergence"]) for line in lines] == [0.5, 0.001]
    assert {line["interventions"] for line in lines} == {"encoder positions off"}


def test_the_json_is_ascii_and_holds_the_same() -> None:
    values = json.loads(WRITERS["json"](EFFECTS, META).decode("ascii"))
    assert values["meta"] == META and values["heads"][0]["log_probability"] == -1.25
    assert values["heads"][1] == {
        "rank": 2, "kind": "encoder", "layer": 0, "head": 1, "divergence": 0.001, "log_probability": 0.5,
    }  # fmt: skip


def test_the_table_counts_from_one_and_marks_what_was_trained_to_align() -> None:
    plain = list(text_lines(EFFECTS))
    assert plain[1].split() == ["1", "cross", "4", "8", "0.5000", "-1.25"] and len(plain) == 3
    marked = list(text_lines(EFFECTS, [("cross", 3, 7)]))
    assert "cross†" in marked[1] and "†" not in marked[2] and marked[3] == "† trained to align words"
    # The numbers stand one below the other, with the mark and without.
    assert marked[1].replace("†", " ") == plain[1]

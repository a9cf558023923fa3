"""The model card (README.md) of a trained checkpoint, written from the run's own figures. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.model.training.settings import TrainingSettings

EFLOMAL = "eflomal"
"""Names the aligner as where word links came from; anything else is the name of a file."""


@dataclass(frozen=True)
class Course:
    """How far a run came: updates, epochs begun, minutes, and whether its budget was spent."""

    steps: int
    epochs: int
    minutes: float
    complete: bool


@dataclass(frozen=True)
class Figures:
    """What the weights reach on the dev pairs, by greedy decoding of the first `translated` (None: of all)."""

    pairs: int
    loss_per_token: float
    loss_per_character: float
    bleu: float
    bleu_signature: str
    chrf: float
    chrf_signature: str
    translated: int | None = None


@dataclass(frozen=True)
class CorpusUsed:
    """A file that was trained on: its pairs, how much of it an epoch takes, its licence and whom it is owed to."""

    name: str
    pairs: int
    weight: float = 1.0
    licence: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Described:
    """Everything a model card says; `links` is where a guided head's word links came from."""

    languages: tuple[str, str]
    data: str
    licence: str
    pairs: int
    parameters: int
    settings: TrainingSettings
    started_from: str
    course: Course
    figures: Figures
    links: str = ""
    corpora: tuple[CorpusUsed, ...] = ()
    precision: str = "float32"


def model_card(run: Described) -> str:
    """The card as Markdown, with the header that model hubs read."""
    source, target = run.languages
    parts = (
        f"---\nlanguage: [{source}, {target}]\nlicense: {run.licence or 'other'}\n---\n# {source} to {target}",
        _sizes(run),
        f"## Data\n\n{_data(run)}",
        f"## Training\n\n{_training(run)}",
        f"## Scores\n\n{_scores(run.figures)}",
        f"## Limits\n\n{_LIMITS}",
    )
    return "\n\n".join(parts) + "\n"


_LIMITS = (
    "The model knows what its data hold and little else: rare words are guessed, and names, numbers and long or "
    "formal sentences go wrong more often than the scores suggest. The scores come from pairs held out of the same "
    "data. Nothing was done against biases of the data."
)


def _sizes(run: Described) -> str:
    settings = run.settings
    return (
        f"{run.parameters / 1e6:.1f} M parameters: {settings.layers} + {settings.layers} layers, d_model "
        f"{settings.d_model}, {settings.heads} heads, feed-forward width {settings.ffn} (ReLU), post-norm, sinusoidal "
        f"positions, one SentencePiece unigram vocabulary of {settings.vocabulary:,} pieces (byte fallback) and "
        "`<pad>`, whose embedding is zero; all embeddings tied. Stored in half precision, computed in float32. "
        "Hugging Face Marian layout: opens in `transformers.MarianMTModel`."
    )


def _data(run: Described) -> str:
    rates = run.settings.augmentation
    return (
        f"{_corpora(run.corpora)}{run.data}: {run.pairs:,} pairs for training, {run.figures.pairs:,} held out, no "
        "sentence in both. "
        f"Licence: {run.licence or 'not stated'}. Each epoch anew: {_percent(rates.joined)} of the pairs joined with "
        f"another one, {_percent(rates.no_stop)} of the sources without their final stop, "
        f"{_percent(rates.small_first)} with a small first letter, {_percent(rates.all_small)} all small, "
        f"{_percent(rates.curly)} with curly apostrophes; on both sides {_percent(rates.exchange_names)} with other "
        f"names where a list of names was given, {_percent(rates.exchange_numbers)} with other numbers, "
        f"{_percent(rates.capitals)} in capitals, {_percent(rates.quoted)} in quotation marks; "
        f"{_percent(run.settings.sampling)} of the sources segmented by subword sampling (alpha "
        f"{run.settings.alpha:g})."
    )


def _corpora(corpora: tuple[CorpusUsed, ...]) -> str:
    """A table of the files where there are several, or their licences are known."""
    if len(corpora) < 2 and not any(each.licence or each.credit for each in corpora):
        return ""
    rows = "".join(
        f"| {each.name} | {each.pairs:,} | {each.weight:g} | {each.licence or 'not stated'} | {each.credit} |\n"
        for each in corpora
    )
    return f"| file | pairs | taken in an epoch | licence | credit |\n|---|---|---|---|---|\n{rows}\n"


def _training(run: Described) -> str:
    settings, course = run.settings, run.course
    beginning = f"Started from {run.started_from}. " if run.started_from else ""
    ending = "" if course.complete else " The run was stopped before the end of its budget."
    budget = f"{settings.steps:,} updates" if settings.steps is not None else f"{settings.minutes:g} minutes"
    return (
        f"{beginning}Label smoothing {settings.label_smoothing:g}, dropout {settings.dropout:g} (none in attention), "
        f"AdamW (0.9, 0.98, 1e-9, weight decay {settings.weight_decay:g}), batches of at most "
        f"{settings.batch_positions:,} padded target positions alike in length, gradient norm "
        f"{settings.gradient_norm:g}, learning rate warmed up over {_percent(settings.warm_up)} of {budget} to "
        f"{settings.learning_rate:g}, then along a cosine to {_end(settings)}; products in {run.precision}; "
        f"the last {settings.average_last} snapshots averaged.{_guide(run)} "
        f"{course.steps:,} updates in {course.minutes:.1f} minutes, {course.epochs} epochs "
        f"begun.{ending}"
    )


def _end(settings: TrainingSettings) -> str:
    return f"{settings.final_rate * settings.learning_rate:g}" if settings.final_rate else "zero"


def _guide(run: Described) -> str:
    settings = run.settings
    if settings.guided_head is None:
        return ""
    found = "that eflomal found (lower case, both directions, grow-diag)" if run.links == EFLOMAL else f"of {run.links}"
    return (
        f" Head {settings.guide_head} of layer {settings.guide_layer} of the decoder's cross-attention was guided "
        f"(Garg et al. 2019, weight {settings.guide_weight:g}) by the word links {found}: its rows show where the "
        "predicted word comes from. No other head was guided."
    )


def _scores(figures: Figures) -> str:
    first = "" if figures.translated is None else f" of the first {figures.translated:,}"
    return (
        f"On {figures.pairs:,} dev pairs, greedy decoding{first}:\n\n"
        "| loss per token | loss per target character | BLEU | chrF |\n|---|---|---|---|\n"
        f"| {figures.loss_per_token:.3f} | {figures.loss_per_character:.3f} | {figures.bleu:.1f} | "
        f"{figures.chrf:.1f} |\n\n"
        f"Signatures: `{figures.bleu_signature}`; `{figures.chrf_signature}`."
    )


def _percent(share: float) -> str:
    return f"{100 * share:g} %"

"""What `--help` says of each command."""

WINDOW_HELP = """\
A window on a living English-French Transformer: type a sentence, step the decoder one token at a
time, and see every attention weight the model computes. Without a command the window opens."""

WINDOW_EXAMPLE = """\
example: attention-viewer --sentence "The cat is sleeping." --steps 3
Each command has its own help and example: attention-viewer trace --help"""

TRANSLATE_HELP = """\
Translate one line at a time: lines in, from FILE or standard input, one translation a line out; blank
lines stay blank. Without -o each translation is written as soon as it is known; with -o the file appears
once it is complete. Every token is the most probable one, unless --beam asks for a search."""
TRANSLATE_EXAMPLE = 'example: echo "I love you." | attention-viewer translate'

TRACE_HELP = """\
Write everything the model computes for a sentence (all attention weights, tokens, log-probabilities) to
a file: NumPy arrays (.npz), a table with one weight a line (.csv) or JSON (.json). With --input, every
line of a file (a source, or a source, a tab and a translation to force) becomes a file in the directory
-o: line 1 becomes 00000.npz. With --session, what a saved session asks for: its sentence, its chosen
tokens and its interventions, as far as it had been stepped."""
TRACE_EXAMPLE = 'example: attention-viewer trace "I love you." -o love.npz --target "Je t\'aime."'

EXPORT_HELP = """\
Write what the window shows into a directory: every chosen head as a picture of its own
(cross_layer4_head8.svg), all heads of a kind in one (cross_all.svg), the three kinds side by side
(kinds.pdf), the positional encoding (positions.svg), or the next-token bars (candidates.png). gif, apng and
webp animate the decoding, a frame a step. npz, csv and json hold all numbers (trace.npz), html is a page to
explore them in (page.html). Layers and heads count from 1. With --session, a saved session is shown in its
own colours and labels, unless the options say otherwise.

With --input, every line of a file (a source, or a source, a tab and a translation to force) is exported under
its number: line 1 becomes 00001_cross_layer4_head8.svg and so on. Blank lines are passed over. Lines that
cannot be exported are listed at the end, and the exit code is 1; the others are written all the same."""
EXPORT_EXAMPLE = """\
example: attention-viewer export "I love you." -o heads --kind cross --layer 4 --format svg --width column
         attention-viewer export --input lines.tsv -o heads --picture grid --kind cross --format gif"""

SCREENSHOT_HELP = "Write a picture of the whole window, with a sentence in it, as a PNG file. No display is needed."
SCREENSHOT_EXAMPLE = 'example: attention-viewer screenshot cat.png --sentence "The cat is sleeping." --theme dark'

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
Write pictures of attention heads into a directory: encoder_layer1_head1.svg and so on, or with --grid
all heads of a kind as one figure, encoder_all.svg. Layers and heads count from 1. With --session, a saved
session is shown in its own colours and labels."""
EXPORT_EXAMPLE = 'example: attention-viewer export "I love you." -o heads --kind cross --layer 4 --format svg'

SCREENSHOT_HELP = "Write a picture of the whole window, with a sentence in it, as a PNG file. No display is needed."
SCREENSHOT_EXAMPLE = 'example: attention-viewer screenshot cat.png --sentence "The cat is sleeping." --theme dark'

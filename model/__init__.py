"""The Transformer of Vaswani et al. 2017, and everything that can be measured inside it. Never imports Qt."""

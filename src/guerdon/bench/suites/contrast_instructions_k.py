"""Contrast Instructions as its README has it; see `contrast_instructions`."""

from guerdon.bench.suites.contrast_instructions import suite

benchmark = suite("contrast-instructions-k", "k")

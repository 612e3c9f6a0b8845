"""What a reader has to accept at most; checked before memory is asked for.

docs/bundle.md names every one of these with its value; a contract test compares.
"""

KIB = 1 << 10
MIB = 1 << 20

MANIFEST_BYTES = 64 * KIB
"""A manifest has a dozen short lines; 64 KiB leaves room for the parts of later versions."""

MANIFEST_DEPTH = 4
"""The manifest is objects inside objects: files, and one file."""

SIGNATURE_BYTES = 64 * KIB
"""The signature repeats every name and digest once, in base64."""

SIGNATURE_DEPTH = 8
"""Of the envelope; its payload is compared byte for byte and never parsed."""

SIGNER_BYTES = 4 * KIB
"""A P-256 public key is 178 bytes of PEM."""

GRAPH_BYTES = 1024 * MIB
"""Half of what a protobuf may have; the int8 form of the largest encoders still fits."""

GRAPH_DEPTH = 32
"""Messages inside messages: an `If` in an `If` costs four."""

GRAPH_FIELDS = 2_000_000
"""Fields looked at in one graph. A weight is one field when packed, as every writer does it."""

TENSORS_BYTES = 256 * MIB
"""The lexical tier: 18 bits of slots and one byte per feature and class."""

TENSORS_HEADER_BYTES = 64 * KIB
"""The header names four tensors; the format itself would allow 100 MB."""

TENSORS_COUNT = 64
"""Tensors in one safetensors file."""

TOKENIZER_BYTES = 64 * MIB
"""A vocabulary of 250,000 pieces takes about 17 MiB."""

SETTINGS_BYTES = 4 * MIB
"""answer.json and evidence.json: names and figures."""

RECIPE_BYTES = 256 * KIB
"""recipe.toml: what a person could have typed."""

CARD_BYTES = 4 * MIB
"""card.md: a document to read."""

REPORT_BYTES = 32 * MIB
"""report.html: one page with its drawings inside."""

JSON_DEPTH = 64
"""Nesting in the JSON files; half of what the tokenizer's own reader allows."""

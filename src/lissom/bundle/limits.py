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

TRUST_BYTES = 1 * MIB
"""A trust file: some thousands of keys."""

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
"""recipe.toml, description.toml and policy.toml: what a person could have typed."""

CARD_BYTES = 4 * MIB
"""card.md, and every other document to read but the report."""

STORY_BYTES = 16 * MIB
"""story.json: what documents are written from; a confusion of 1,000 classes takes 10 MiB."""

REPORT_BYTES = 32 * MIB
"""report.html: one page with its drawings inside."""

JSON_DEPTH = 64
"""Nesting in the JSON files; half of what the tokenizer's own reader allows."""

JSON_VALUES = 4_000_000
"""Values in one JSON file: a vocabulary of 260,000 pieces with all its merges has 2 million."""

TENSOR_BYTES = 2048 * MIB
"""One tensor of a graph when it is unpacked: half of what its whole run may take."""

RUN_BYTES = 4096 * MIB
"""Memory that answering may take for its own numbers, over all models of a process; a text of
8,192 tokens in an encoder of 12 heads takes 3 GiB for one layer's attention."""

TOKENIZER_STEPS = 24
"""Steps of one part of a tokenizer, those inside sequences counted; published ones have under 8."""

TOKENIZER_GROWTH = 4096
"""Times that a tokenizer may make a text longer at most; two Unicode forms in a row count 324."""

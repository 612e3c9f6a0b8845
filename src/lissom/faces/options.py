"""Options that several commands have, each written once."""

from __future__ import annotations

from pathlib import Path

import click

text_column = click.option(
    "--text", metavar="COL", help="Column to read.  [default: found and shown]"
)
answer_column = click.option("--label", metavar="COL", help="Column with the true answers.")
label_column = click.option(
    "--label", metavar="COL", help="Column with the answers; empty cells are unlabelled."
)
group_column = click.option("--group", metavar="COL", help="Column of rows that belong together.")
group_columns = click.option(
    "--groups", metavar="COL", multiple=True, help="Column to group by; may be given again."
)
date_column = click.option("--date", metavar="COL", help="Column that says when a row was made.")
id_column = click.option("--id", metavar="COL", help="Column that names a row.")
annotator_column = click.option(
    "--annotator", metavar="COL", help="Column that says who gave the label."
)
base = click.option("--base", metavar="FOLDER", help="Another encoder: a folder, or a hub name.")
seed = click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Every random choice follows from it.",
)
threads = click.option(
    "--threads", metavar="N", type=click.IntRange(min=1), help="Processor cores to use."
)
ask_again = click.option(
    "--fresh", is_flag=True, help="Ask everything again, whatever was kept from before."
)
any_signer = click.option(
    "--any-signer", is_flag=True, help="Take BUNDLE whoever signed it, and when nobody did."
)
own_policy = click.option(
    "--policy",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A policy.toml of your own whose gates must hold, too; else it ends with 3.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")

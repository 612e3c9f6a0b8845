"""What a server that watches its answers measures."""

from lissom.evidence.name import Name

WATCH_NAMES: tuple[Name, ...] = (
    Name(
        "watch.accuracy",
        "Accuracy now",
        "share",
        "How often the answers of late are right, from the true labels that were told.",
    ),
    Name(
        "watch.accuracy_guess",
        "Accuracy now, guessed",
        "share",
        "The same without a label, from the model's own probabilities; holds while meanings do.",
    ),
    Name(
        "watch.outside",
        "Strange texts",
        "share",
        "Of the latest texts, how many are stranger than 99 in 100 of the first ones.",
    ),
    Name(
        "watch.slow",
        "Slow answers",
        "share",
        "Of the answers since the last look, how many took longer than was promised.",
    ),
    Name(
        "watch.errors",
        "Requests without an answer",
        "share",
        "Of the requests since the last look, how many got none, by the server's fault.",
    ),
)

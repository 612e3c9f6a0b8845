"""The most that a few labels and many unlabelled rows can give."""

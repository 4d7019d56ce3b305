"""FGAIF's splitter, by its function names. Its reward models and trainer wait for models and objectives."""

from guerdon.parse.segments import clause_starts


def segments_from_starts(text_of_one_sentence: str) -> list[str]:
    words = text_of_one_sentence.split()
    first = [i for i, is_start in enumerate(clause_starts(words)) if is_start]
    return [" ".join(words[start:stop]) for start, stop in zip(first, [*first[1:], len(words)], strict=True)]


CALLS = {
    "get_subsentence_starts": clause_starts,
    "segments_from_starts": segments_from_starts,
}

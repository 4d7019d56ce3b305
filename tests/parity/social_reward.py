"""Social Reward's loss on recorded vectors."""

from guerdon.metrics.alignment import triplet, unit

Vectors = list[list[float]]


def triplet_loss(
    anchor: Vectors, positive: Vectors, negative: Vectors, margin: float, l2_normalise_first: bool
) -> float:
    if l2_normalise_first:
        return triplet(unit(anchor), unit(positive), unit(negative), margin)
    return triplet(anchor, positive, negative, margin)


CALLS = {"TripletLoss": triplet_loss}

"""What a photo is recognised by."""

from app.kernel.retention import Kept, emptied, plain

KEPT = (
    Kept(
        "fingerprints",
        "the picture in grey, 32 x 32",
        "no photo counts twice",
        otherwise=dict.fromkeys(
            ("points", "picture"), "400 days, by a sweep of its own, with its marks"
        ),
    ),
    Kept("fingerprint_marks", why="no photo counts twice; goes with its fingerprint"),
    Kept(
        "photo_measures",
        "where a photo was taken, to 100 m",
        "a photo is the household's own",
        (emptied("latitude", "longitude", after="received_at", days=90),),
        plain=plain("form"),
    ),
)

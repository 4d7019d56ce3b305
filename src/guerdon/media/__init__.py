"""Images, videos and sounds: lazy, bounded, safe to open.

A handle is cheap and pickles small: it holds where the medium is, not the medium. Nothing is read
before it is asked for. What may not or cannot be read raises `MediaError`, which costs its sample.
"""

from guerdon.media.audio import Audio
from guerdon.media.image import Image, as_images
from guerdon.media.source import Limits, MediaError
from guerdon.media.video import Frames, Video

__all__ = ["Audio", "Frames", "Image", "Limits", "MediaError", "Video", "as_images"]

"""Decoding of uploaded photos in a process of its own, which may crash or lie without harm."""

from app.photos.screening.parent import Decoded, DecoderFailed, Marked, Measures, Refused, decode

__all__ = ["Decoded", "DecoderFailed", "Marked", "Measures", "Refused", "decode"]

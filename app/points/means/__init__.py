"""Means of spending a household's points: its phones, its card, who buys for it.

The register knows who is bound and which card is whose; that they can spend points is known here.
So whatever gives or takes such a means goes through this domain: it tells the household by the
means it had before.
"""

"""What a person sees first: one question over many domains, so that a screen asks once.

Nothing here changes anything, has a table or decides. It lies above all domains and may read each.
"""

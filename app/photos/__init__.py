"""Photos that people send as evidence: received, made safe to show, and shown to few.

The domains that ask for photos (self-checks, checks at the door) stand above and decide what a
photo is worth; here it only becomes readable, small, anonymous and comparable.
"""

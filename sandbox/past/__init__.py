"""The demo county's past: some months lived through the product itself, at their own hours.

Everything is said to the API as the mini-program would say it, by whoever may; the clock of this
process (``app.kernel.clock``) stands at the hour of which is told, and the jobs and sweeps run by
it. So the ledger, its seals and the nightly proof find a county like any other. Only the ledger's
own ``posted_at`` says when it was really written.
"""

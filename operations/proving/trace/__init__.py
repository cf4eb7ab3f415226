"""``flask audit …``: proof that the trace is as it was written, for whoever audits it."""

"""Stand-ins that speak the real wire, and the demo county. Nothing in the product imports this."""

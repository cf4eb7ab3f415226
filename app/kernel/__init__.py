"""What every domain may import and which imports no domain: database, errors, clock, jobs."""

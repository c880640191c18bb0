"""The providers on localhost: stateful, seeded, with an append-only log and faults by plan."""

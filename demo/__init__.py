"""The demo: both pipelines against the simulators, twice, and a report of what landed."""

"""The demo: all pipelines against the simulators, twice, and a report of what landed."""

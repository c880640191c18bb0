"""The demo: the payroll pipelines against the simulators, twice, and a report of what landed."""

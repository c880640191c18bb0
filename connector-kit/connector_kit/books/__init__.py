"""The accounting domain: money, balanced journal entries, identity, and the contract of the records. Pure."""

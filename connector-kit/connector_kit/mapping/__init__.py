"""How `map-books` turns the journals of a source into those of one bookkeeping package."""

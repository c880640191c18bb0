"""Scripts for those who change target-minimax."""

"""The values that travel and the contracts of the stages. Imports NumPy only."""

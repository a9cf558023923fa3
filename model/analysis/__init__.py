"""Pure functions of NumPy arrays that measure attention. Torch-free."""

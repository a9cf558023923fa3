"""What others may see of the model: frozen data, formulas and errors. Torch-free."""

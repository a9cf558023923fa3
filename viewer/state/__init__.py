"""What is asked for, what is shown, how it is looked at: frozen data, no Qt."""

"""What the answers of models are worth: pure functions on numbers."""

"""What Scripts/fuzz is made of."""

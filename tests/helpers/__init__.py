"""What tests of every area share: valid rows from the catalogue, files made of them, databases."""

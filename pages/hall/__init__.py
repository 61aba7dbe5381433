"""展厅: the guide's console, what is on the wall, and whether it was lit."""

"""One file, one page; a folder is a section of the navigation."""

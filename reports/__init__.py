"""What leaves the product as a file: templates, marked workbooks, the dictionary, exports, reports."""

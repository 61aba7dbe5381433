"""The sender's own workbook with marks in it, part by part of the xlsx package.

The parts are edited as they are, byte for byte outside the marks. Reading the
workbook and saving it again (openpyxl) would lose the results of formulas, which
intake needs when the mended file comes back, as well as pictures and charts, and
takes minutes and gigabytes for a file of 20 MB.
"""

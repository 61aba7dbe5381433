"""Papers in the layout of Chinese official documents (公文, GB/T 9704—2012): one content, docx and PDF.

The rules of the standard that are followed here: A4, type area 156 × 225 mm, red head
(版头) with document number and red line, title in 二号小标宋, text in 三号仿宋 with 22
lines a page, headings 一、 in 黑体 and （一） in bold, page numbers — 1 — outside.
"""

from reports.papers.docx import to_docx
from reports.papers.model import Block, Column, Heading, Imprint, Paper, Remark, Table, Text
from reports.papers.pdf import to_pdf
from reports.papers.qr import qr_png, qr_svg

__all__ = [
    "Block", "Column", "Heading", "Imprint", "Paper", "Remark", "Table", "Text", "qr_png", "qr_svg", "to_docx",
    "to_pdf",
]  # fmt: skip

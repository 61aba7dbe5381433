"""The exhibition wall (展厅大屏): a published snapshot in, pictures out.

Its process has no database, no login and no personal data; `kiosk.snapshot` is the
complete list of what it may know.
"""

"""The only door to the database; never imports streamlit."""

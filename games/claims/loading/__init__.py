"""How packets come from SQL to where they are decided."""

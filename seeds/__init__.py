"""Rows that come with the warehouse: reference lists, councils' settings, the synthetic council."""

"""Corrections: reversing transfers that two operators want."""

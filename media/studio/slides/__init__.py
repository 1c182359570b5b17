"""Slide shows of products: templates (data), the plan of a show in beats, and its frames."""

"""Pictures, and later video: made safe, made small, kept and served."""

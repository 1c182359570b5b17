"""Comments as readers see them: lists that hold what SQL does not know yet, and their HTTP."""
